"""What a span is to OpenTelemetry: the only file that imports it."""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

from django.http import HttpRequest, HttpResponseBase
from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import Span, SpanKind, StatusCode, Tracer, format_trace_id
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
from structlog.contextvars import bind_contextvars

from config.access import shown
from cqrs.telemetry.tracing import Attributes

_headers = TraceContextTextMapPropagator()


class Spans:
    """See `cqrs.telemetry.Tracer`. An error is told by its class alone: its text may hold what people wrote."""

    def __init__(self, tracer: Tracer) -> None:
        self._tracer = tracer

    def span(self, name: str, *, trace: str, attributes: Attributes) -> AbstractContextManager[Span]:
        return _open(self._tracer, name, trace, attributes, SpanKind.INTERNAL)

    def past(self, name: str, *, trace: str, seconds: float, attributes: Attributes) -> None:
        end = time.time_ns()
        begun = end - int(seconds * 1e9)
        self._tracer.start_span(name, context=_context(trace), start_time=begun, attributes={**attributes}).end(end)

    def traceparent(self) -> str:
        carrier: dict[str, str] = {}
        _headers.inject(carrier)
        return carrier.get("traceparent", "")

    def serve(self, request: HttpRequest, get_response: Callable[[HttpRequest], HttpResponseBase]) -> HttpResponseBase:
        """Answer a request, within a span of its own; its log lines name the trace."""
        asked = {"http.request.method": request.method or "", "url.path": shown(request.path_info)}
        trace = request.headers.get("traceparent", "")
        with _open(self._tracer, f"{request.method}", trace, asked, SpanKind.SERVER) as span:
            bind_contextvars(trace_id=format_trace_id(span.get_span_context().trace_id))
            response = get_response(request)
            if match := request.resolver_match:
                span.update_name(f"{request.method} /{match.route}")
                span.set_attribute("http.route", f"/{match.route}")
            span.set_attribute("http.response.status_code", response.status_code)
            return response


def exported() -> Spans:
    """Spans that leave by OTLP, in the background."""
    os.environ.setdefault("OTEL_SERVICE_NAME", "tenfold")
    provider = TracerProvider()
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    return Spans(provider.get_tracer("tenfold"))


@contextmanager
def _open(tracer: Tracer, name: str, trace: str, attributes: Attributes, kind: SpanKind) -> Iterator[Span]:
    with tracer.start_as_current_span(
        name,
        context=_context(trace),
        kind=kind,
        attributes={**attributes},
        record_exception=False,
        set_status_on_exception=False,
    ) as span:
        try:
            yield span
        except Exception as error:
            span.set_status(StatusCode.ERROR, type(error).__name__)
            raise


def _context(trace: str) -> Context | None:
    """Where a traceparent leads; None, the span that is open here, where it is empty."""
    return _headers.extract({"traceparent": trace}, context=Context()) if trace else None
