"""Traces, without a word of OpenTelemetry: the composition root brings a tracer, or none."""

from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from typing import Protocol

type Attributes = Mapping[str, str | int]


class Tracer(Protocol):
    """Makes spans. `trace` is a W3C `traceparent`, `00-<trace>-<span>-<flags>`; empty: the span that is open here."""

    def span(self, name: str, *, trace: str, attributes: Attributes) -> AbstractContextManager[object]:
        """A span around what is done within."""

    def past(self, name: str, *, trace: str, seconds: float, attributes: Attributes) -> None:
        """A span that has just ended, so many seconds long."""

    def traceparent(self) -> str:
        """The open span, for others to go on from; empty where there is none."""


_tracers: list[Tracer] = []  # one, or none: traces are off
_nothing: AbstractContextManager[object] = nullcontext()


def trace_with(tracer: Tracer | None) -> None:
    """Switch traces on, or off again."""
    _tracers[:] = [tracer] if tracer else []


def tracer() -> Tracer | None:
    """What makes the spans; None where traces are off."""
    return _tracers[0] if _tracers else None


def is_tracing() -> bool:
    """Whether traces are on."""
    return bool(_tracers)


def span(name: str, *, trace: str = "", **attributes: str | int) -> AbstractContextManager[object]:
    """A span around what is done within; nothing where traces are off."""
    return _tracers[0].span(name, trace=trace, attributes=attributes) if _tracers else _nothing


def past(name: str, *, seconds: float, trace: str = "", **attributes: str | int) -> None:
    """A span that has just ended, so many seconds long."""
    for tracer in _tracers:
        tracer.past(name, trace=trace, seconds=seconds, attributes=attributes)


def traceparent() -> str:
    """The open span, for others to go on from; empty where there is none."""
    return _tracers[0].traceparent() if _tracers else ""
