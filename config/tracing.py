"""Traces by OpenTelemetry, where the environment asks for them; where it does not, nothing of it is imported."""

import os
from collections.abc import Callable
from typing import Any, cast

from django.core.exceptions import MiddlewareNotUsed
from django.http import HttpRequest, HttpResponseBase

from config.environment import environment
from cqrs.telemetry import trace_with
from cqrs.telemetry.tracing import tracer

type View = Callable[[HttpRequest], HttpResponseBase]

ENDPOINTS = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")


def start() -> None:
    """Switch traces on in this process, if they are wanted. Everything else is said by OpenTelemetry's own variables:
    where they go, under which name, how many of them."""
    if is_wanted():
        from config.spans import exported  # noqa: PLC0415  # takes 100 ms and 20 MB, which nobody else should pay

        trace_with(exported())


def is_wanted() -> bool:
    """TENFOLD_TRACES, or an address to send them to; unless OTEL_SDK_DISABLED says no."""
    named = any(os.environ.get(name) for name in ENDPOINTS)
    return (environment().traces or named) and os.environ.get("OTEL_SDK_DISABLED", "").lower() != "true"


def traced(get_response: View) -> View:
    """Each request is a span, in the trace that its `traceparent` names or in a new one. Not there while traces are
    off."""
    spans: Any = tracer()
    if spans is None:
        raise MiddlewareNotUsed
    return lambda request: cast(HttpResponseBase, spans.serve(request, get_response))
