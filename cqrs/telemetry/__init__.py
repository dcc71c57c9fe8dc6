"""What the kernel tells of itself: counters, traces, and what each log line is about. Free of Django and of stores.

Counters are Prometheus', always on. Traces cost nothing until `trace_with` is called, which only the composition root
does, and only where somebody wants them.
"""

from cqrs.telemetry.commands import told, tried_in_vain
from cqrs.telemetry.requests import store_failed, watched
from cqrs.telemetry.tracing import Tracer, span, trace_with, traceparent
from cqrs.telemetry.work import (
    follower_died,
    following,
    journal_grew,
    lease_lost,
    message_handled,
    rang,
    reacting,
    showing,
)

# fmt: off
__all__ = [
    "Tracer", "follower_died", "following", "journal_grew", "lease_lost", "message_handled", "rang", "reacting",
    "showing", "span", "store_failed", "told", "trace_with", "traceparent", "tried_in_vain", "watched",
]
# fmt: on
