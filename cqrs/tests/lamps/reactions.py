"""A lamp that is labelled with the sort key of another counts there."""

from cqrs.domain import Command, Version
from cqrs.reactions import reaction
from cqrs.tests.toy import LAMP, Lamp, count


@reaction(LAMP, "relabelled")
def tally(lamp: Version[Lamp]) -> Command[Lamp]:
    return LAMP.ref(lamp.state.name.partition(" ")[2]).ask(count, times=1)
