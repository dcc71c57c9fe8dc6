"""Traces: one from the request to the row, and not a trace of them where they are off."""

import os
import subprocess
import sys
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import format_trace_id
from structlog.contextvars import merge_contextvars
from structlog.testing import capture_logs

from config.environment import ROOT
from config.spans import Spans
from conftest import Api
from cqrs.dynamodb.store import store
from cqrs.telemetry import reacting, trace_with

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"


@pytest.fixture
def spans() -> Iterator[InMemorySpanExporter]:
    """Traces, switched on for one test."""
    found, provider = InMemorySpanExporter(), TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(found))
    trace_with(Spans(provider.get_tracer("test")))
    yield found
    trace_with(None)


def trace_of(span: ReadableSpan) -> str:
    assert span.context
    return format_trace_id(span.context.trace_id)


def test_one_trace_leads_from_the_request_to_the_projection_and_the_reaction(
    api: Api, spans: InMemorySpanExporter
) -> None:
    sent = f"00-{TRACE}-00f067aa0ba902b7-01"
    todo = api("POST", "todos/", {"name": "x"}, traceparent=sent).json()
    api.drain()
    fact = store().read(todo["id"].replace("~", "#"))
    assert fact
    with reacting(fact, handler="todos.greet"):
        pass
    found = {span.name: span for span in spans.get_finished_spans() if trace_of(span) == TRACE}
    assert {
        "POST /api/v1/todos/",
        "command TODO.create",
        "decide",
        "dynamodb PutItem",
        "projection",
        "reaction todos.greet",
    } <= found.keys()
    request, command = found["POST /api/v1/todos/"], found["command TODO.create"]
    for child, parent in ((command, request), (found["decide"], command), (found["projection"], command)):
        assert child.parent
        assert parent.context
        assert child.parent.span_id == parent.context.span_id
    assert request.attributes
    assert request.attributes["http.response.status_code"] == 201


def test_a_refusal_is_told_by_its_class_and_without_what_was_sent(api: Api, spans: InMemorySpanExporter) -> None:
    secret = str(uuid4())
    todo = api("POST", "todos/", {"name": secret}).json()
    api("POST", f"todos/{todo['id']}/complete/", if_match='"9"')
    [command] = [span for span in spans.get_finished_spans() if span.name == "command TODO.complete"]
    assert command.status.description == "Conflict"
    assert secret not in "".join(span.to_json() for span in spans.get_finished_spans())


def test_log_lines_name_the_trace(api: Api, spans: InMemorySpanExporter) -> None:
    with capture_logs(processors=[merge_contextvars]) as logs:
        api("GET", "todos/", traceparent=f"00-{TRACE}-00f067aa0ba902b7-01")
    assert [line["trace_id"] for line in logs if line["event"] == "request"] == [TRACE]


def test_off_there_is_no_trace_on_the_fact_nor_in_its_item(api: Api) -> None:
    from cqrs.dynamodb.items import fact_item  # noqa: PLC0415

    todo = api("POST", "todos/", {"name": "x"}).json()
    fact = store().read(todo["id"].replace("~", "#"))
    assert fact
    assert fact.trace == ""
    assert "trace" not in fact_item(fact)


@pytest.mark.parametrize(
    ("variables", "on"),
    [
        ({}, False),
        ({"TENFOLD_TRACES": "1"}, True),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:1"}, True),
        ({"TENFOLD_TRACES": "1", "OTEL_SDK_DISABLED": "true"}, False),
    ],
)
def test_they_are_switched_on_by_the_environment_and_off_nothing_is_imported(
    variables: dict[str, str], on: bool
) -> None:
    ask = "import sys, django; django.setup(); print('opentelemetry' in sys.modules)"
    env: dict[str, Any] = os.environ | variables | {"PYTHONPATH": str(ROOT)}
    answer = subprocess.run([sys.executable, "-c", ask], env=env, capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == str(on)
