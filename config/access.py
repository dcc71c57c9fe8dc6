"""One log line a request: what was asked, what was answered, how long it took, and by whom. No query, no body, no name:
they hold what people search for and send."""

import time
from collections.abc import Callable
from typing import Any

import structlog
from django.http import HttpRequest, HttpResponseBase

type View = Callable[[HttpRequest], HttpResponseBase]

QUIET = ("/healthz", "/readyz", "/statusz", "/metrics", "/static/")
"""Asked for all the time, and of no news: told at the level `debug`."""

PUBLIC_FORMS, MASKED = "/s/", "/s/…/"
"""Where surveys are answered: whoever does so may be nobody (`request.is_anonymous`), and is told of as nobody."""

_log = structlog.get_logger(__name__)


def access(get_response: View) -> View:
    """Tells of each request once it is answered; of a stream, once it begins."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        begun = time.perf_counter()
        response = get_response(request)
        tell = _log.debug if request.path_info.startswith(QUIET) else _log.info
        tell("request", **_about(request, response), ms=round((time.perf_counter() - begun) * 1000, 1))
        return response

    return middleware


def shown(path: str) -> str:
    """A path without the token of a public page: who has it gets in."""
    return MASKED if path.startswith(PUBLIC_FORMS) else path


def _about(request: HttpRequest, response: HttpResponseBase) -> dict[str, Any]:
    principal = getattr(request, "auth", None) or getattr(request, "principal", None)  # a program's, or a person's
    if getattr(request, "is_anonymous", False) or request.path_info.startswith(PUBLIC_FORMS):
        principal = None
    return {
        "method": request.method,
        "path": shown(request.path_info),
        "status": response.status_code,
        "bytes": None if response.streaming else len(getattr(response, "content", b"")),
        "actor": principal.actor.id if principal else None,
    }
