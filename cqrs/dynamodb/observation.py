"""What each answer of DynamoDB proves besides what it says: that this process can write, and what time it is there."""

import time
from typing import Any

from cqrs import clocks
from cqrs.telemetry.last_write import WRITES, note_write

_SENT_AT, _BEGUN = "tenfold_sent_at", "tenfold_sent"


def observed[C](client: C) -> C:
    """A boto3 client whose answers are noted, by botocore's own events."""
    events = client.meta.events  # type: ignore[attr-defined]  # every client has it, no type says so
    events.register("before-call", _note_sending)
    events.register("after-call", _note_answer)
    return client


def _note_sending(context: dict[str, Any], **_: Any) -> None:
    context[_SENT_AT], context[_BEGUN] = time.time(), time.perf_counter()


def _note_answer(parsed: dict[str, Any], model: Any, context: dict[str, Any], **_: Any) -> None:
    if _SENT_AT not in context:
        return  # another handler answered: it was not sent at all
    if model.name in WRITES and "Error" not in parsed:
        note_write()
    date = parsed.get("ResponseMetadata", {}).get("HTTPHeaders", {}).get("date")
    clocks.note_date(date, sent_at=context[_SENT_AT], took=time.perf_counter() - context[_BEGUN])
