"""A second entity, to show that the kernel knows none: a lamp, numbered without gaps."""

from dataclasses import dataclass, replace

from cqrs.domain import KEEP, SUPPLIED, Actor, Entity, Now, Refused, Sequence, revise


class Broken(Refused):
    """A broken lamp cannot be lit."""


@dataclass(frozen=True)
class Lamp:
    name: str
    is_lit: bool = False
    lit: int = 0
    last: str = ""


def make(*, name: str, at: Now = SUPPLIED) -> Lamp:
    return Lamp(name=name, last=at.isoformat())


def switch_on(lamp: Lamp, *, by: Actor = SUPPLIED) -> Lamp:
    if lamp.name == "broken":
        raise Broken
    return replace(lamp, is_lit=True, last=by.id)


def relabel(lamp: Lamp, *, name: str = KEEP) -> Lamp:
    return revise(lamp, name=name)


def count(lamp: Lamp, *, times: int) -> Lamp:
    return replace(lamp, lit=lamp.lit + times)


LAMP = Entity(
    "LAMP",
    Lamp,
    create=make,
    change={"switched_on": switch_on, "relabelled": relabel, "counted": count},
    adds={count},
    created="made",
    code=Sequence("L-%%no#:0>4%%"),
)
