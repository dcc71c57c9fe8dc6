"""What is told of commands: how many, how long, and what became of each."""

import time
from collections.abc import Callable
from dataclasses import replace
from functools import wraps
from typing import Any, Protocol, cast

from cqrs.domain import Busy, Command, Conflict, Refused, StoreAway, Unavailable
from cqrs.telemetry.metrics import COMMAND_SECONDS, COMMANDS, CONFLICTS, RETRIES
from cqrs.telemetry.tracing import is_tracing, span, traceparent


class Answered(Protocol):
    """What is asked of an answer."""

    @property
    def changed(self) -> bool: ...
    @property
    def replayed(self) -> int | None: ...


def told[F: Callable[..., Any]](send: F) -> F:
    """`Writer.send`, told of: a count and a duration, a span, and its trace on the facts it makes."""

    @wraps(send)
    def telling(writer: Any, command: Command[Any], *more: Command[Any], **options: Any) -> Any:
        begun, became = time.perf_counter(), ("failed", "")
        try:
            with span(f"command {_name(command)}", tenant=writer.log.tenant):
                answer = send(_traced(writer), command, *more, **options)
            became = _result(answer)
        except Refused as refused:
            became = _refusal(refused)
            raise
        finally:
            COMMAND_SECONDS.labels(command.entity.type).observe(time.perf_counter() - begun)
            for each in (command, *more):
                COMMANDS.labels(each.entity.type, each.rule.name, *became).inc()
            if became[0] == "conflict":
                CONFLICTS.labels(command.entity.type).inc()
        return answer

    return cast(F, telling)


def tried_in_vain(lost: object) -> None:
    """A try lost to somebody else, who had done what `lost`, a write, was to do; another try follows."""
    RETRIES.labels(type(lost).__name__.lower()).inc()


def _name(command: Command[Any]) -> str:
    return f"{command.entity.type}.{command.rule.name}"


def _traced(writer: Any) -> Any:
    """The writer, whose facts name the open span."""
    return replace(writer, origin=replace(writer.origin, trace=traceparent())) if is_tracing() else writer


def _result(answer: Answered) -> tuple[str, str]:
    if answer.replayed:
        return "replayed", ""
    return ("changed" if answer.changed else "unchanged"), ""


def _refusal(refused: Refused) -> tuple[str, str]:
    match refused:
        case Conflict():
            return "conflict", ""
        case Busy():
            return "busy", ""
        case StoreAway():
            return "away", ""
        case Unavailable():
            return "unknown", ""
    return "refused", refused.code
