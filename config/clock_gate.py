"""A process whose clock is wrong changes nothing, by whatever way it is asked to: not the log, and not Postgres, where
sessions, invitations and keys have times as well. It goes on reading."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase

from config.views import unavailable
from cqrs import clocks
from cqrs.telemetry.metrics import CLOCK_REFUSALS

type View = Callable[[HttpRequest], HttpResponseBase]

SAFE = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
"""Methods that ask for no change (RFC 9110 9.2.1)."""


def clock_gate(get_response: View) -> View:
    """503 `clock_skew` for every other method, until the clock is right."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        if request.method in SAFE or not (reason := clocks.skew()):
            return get_response(request)
        CLOCK_REFUSALS.inc()
        return unavailable(request, code=clocks.ClockSkew.code, detail=clocks.explain(reason))

    return middleware
