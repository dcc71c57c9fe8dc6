"""Taking in usage events: each gets a verdict, and each that is new is counted, once and for ever."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import batched
from typing import Any

from pydantic import ValidationError

from billing.cloud_events import CloudEvent
from billing.domain import Metric
from billing.domain.event import USAGE, UsageEvent, code_of
from cqrs.codec import decode
from cqrs.domain import Command, Refused
from cqrs.steps import CodeTaken
from cqrs.writer import Writer
from face.json_documents import faults

EVENTS_MOST = 1000
TOGETHER = 80
"""Events of one transaction."""


class TooManyEvents(Refused):
    """A batch has at most 1000 events."""


class Verdict(StrEnum):
    COUNTED = "counted"
    DUPLICATE = "duplicate"
    LATE = "late"
    UNKNOWN_METRIC = "unknown_metric"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class Told:
    """An event's verdict; `detail` says why, where it is refused."""

    source: str
    id: str
    result: Verdict
    detail: str = ""


@dataclass(frozen=True, slots=True)
class _New:
    """One that may be counted, and where it stood in the batch."""

    place: int
    event: UsageEvent
    is_timed: bool

    @property
    def code(self) -> str:
        return code_of(self.event.source, self.event.event_id)


def take_in(events: Sequence[Any], *, writer: Writer) -> list[Told]:
    """The verdict on each, in order. TooManyEvents; Unavailable, Busy: then some are counted, and it is sent again."""
    if len(events) > EVENTS_MOST:
        raise TooManyEvents(limit=EVENTS_MOST)
    judged = [_judged(place, given, writer=writer) for place, given in enumerate(events)]
    told = {place: each for place, each in enumerate(judged) if isinstance(each, Told)}
    news = [each for each in judged if isinstance(each, _New)]
    seen, fresh = _known(news, writer=writer), dict[str, _New]()
    for new in news:
        if before := seen.get(new.code):
            told[new.place] = _seen(new, before)
        else:
            seen[new.code], fresh[new.code] = new.event, new
    for some in batched(fresh.values(), TOGETHER):
        told |= _counted(some, writer=writer)
    return [told[place] for place in range(len(events))]


def _judged(place: int, given: Any, *, writer: Writer) -> Told | _New:
    """An event that the rule would take; or why it is none."""
    source, id = (str(given.get(name, ""))[:200] if isinstance(given, Mapping) else "" for name in ("source", "id"))
    try:
        event = CloudEvent.model_validate(given)
    except ValidationError as error:
        first = faults(error)[0]
        return Told(source, id, Verdict.REJECTED, f"{first['pointer']}: {first['detail']}")
    name = event.data.metric or event.type.removeprefix("usage.")
    if name not in set(Metric):
        return Told(event.source, event.id, Verdict.UNKNOWN_METRIC, f"There is no metric {name!r}.")
    now = writer.clock()
    args = _args(event, Metric(name), now=now)
    try:
        state = USAGE.creation.ask(None, args, now=now, actor=writer.origin.actor)
    except Refused as refused:
        return Told(event.source, event.id, Verdict.REJECTED, refused.detail)
    return _New(place, state, is_timed=event.time is not None)


def _args(event: CloudEvent, metric: Metric, *, now: datetime) -> dict[str, Any]:
    quantity, time = event.data.quantity, event.time or now
    return {"source": event.source, "event_id": event.id, "metric": metric, "quantity": quantity, "time": time}


def _counted(some: Sequence[_New], *, writer: Writer) -> dict[int, Told]:
    """All in one transaction; again without those that somebody else counts at this moment."""
    told: dict[int, Told] = {}
    while some and not _sent(some, writer=writer):
        seen = _known(some, writer=writer)
        told |= {each.place: _seen(each, seen[each.code]) for each in some if each.code in seen}
        some = [each for each in some if each.code not in seen]
    return told | {each.place: _new(each.event) for each in some}


def _sent(some: Sequence[_New], *, writer: Writer) -> bool:
    """Whether they were counted; not where somebody else has just counted one of them."""
    first, *more = [_command(each.event) for each in some]
    try:
        writer.send(first, *more)
    except CodeTaken:
        return False
    return True


def _new(event: UsageEvent) -> Told:
    return Told(event.source, event.event_id, Verdict.LATE if event.is_late else Verdict.COUNTED)


def _command(event: UsageEvent) -> Command[UsageEvent]:
    args = {name: getattr(event, name) for name in ("source", "event_id", "metric", "quantity", "time")}
    return Command(USAGE, USAGE.creation, args)


def _known(some: Sequence[_New], *, writer: Writer) -> dict[str, UsageEvent]:
    """Those of these that were counted before, as they were then."""
    ids = [(writer.log.id(USAGE, USAGE.sk_of(code)), 1) for code in dict.fromkeys(each.code for each in some)]
    facts = writer.log.store.read_many(ids)
    return {fact.code: decode(USAGE, fact).state for fact in facts}


def _seen(new: _New, before: UsageEvent) -> Told:
    """The same again; or something else under an id that was used."""
    event = new.event
    is_same = (event.metric, event.quantity) == (before.metric, before.quantity)
    if is_same and (event.time == before.time or not new.is_timed):
        return Told(event.source, event.event_id, Verdict.DUPLICATE)
    return Told(event.source, event.event_id, Verdict.REJECTED, "This id was used for another event.")
