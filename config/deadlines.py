"""The time that a request has in all, for whatever it asks of its stores."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase

from cqrs.deadlines import begin

REQUEST_TIMEOUT = 5.0
"""Seconds until a request gives up what does not answer. A stream or a download, once it has begun, has as many for
each of its calls (config/wsgi.py)."""

type View = Callable[[HttpRequest], HttpResponseBase]


def bounded(get_response: View) -> View:
    """Answers within REQUEST_TIMEOUT, whatever the stores do: what waits for one that is frozen is told that it is
    away."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        with begin(REQUEST_TIMEOUT):
            return get_response(request)

    return middleware
