"""Pages of no app: the public landing page, what a problem means, and what stands where a page could not be shown."""

import sys

from django.core.exceptions import RequestDataTooBig
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from config.problems import SERVER_ERROR, meanings
from cqrs.domain import Refused, Unavailable
from face.problems import RETRY_AFTER, refusal, status_of
from face.problems import problem as problem_body
from face.refusals import BodyTooLarge

CODES = {400: "malformed", 403: "permission_denied", 404: "not_found", 500: SERVER_ERROR}

NOWHERE = "<!doctype html><title>Not found</title><p>There is nothing at this address."
AWAY = "<!doctype html><title>Unavailable</title><p>This is away for a moment. Please try again."
"""The pages of a host whose tenant was not found, or could not be asked for: it has no style sheet either."""


@require_safe
def landing(request: HttpRequest) -> HttpResponse:
    """The public host's first page."""
    return render(request, "public.html")


@require_safe
def problem(request: HttpRequest, code: str) -> HttpResponse:
    """What the API means by a problem's code; the page that the problem's `type` names."""
    known = meanings()
    if code not in known:
        raise Http404
    title, detail = known[code]
    return render(request, "problem.html", {"code": code, "title": title, "detail": detail})


def nothing(request: HttpRequest, **_: object) -> HttpResponse:
    """An address that a library would answer and that is none of ours: a 404 for everybody."""
    raise Http404


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400; 413 for a form that holds too much."""
    return (
        refused(request, BodyTooLarge()) if isinstance(exception, RequestDataTooBig) else _failed(request, status=400)
    )


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403."""
    return _failed(request, status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404."""
    return _failed(request, status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """503 where a store is away, else 500."""
    error = sys.exception()
    if not isinstance(error, OperationalError | InterfaceError | Unavailable):
        return _failed(request, status=500)
    return unavailable(request, code=error.code if isinstance(error, Unavailable) else "unavailable")


def unavailable(request: HttpRequest, *, code: str, detail: str = "") -> HttpResponse:
    """503, with the time after which it is worth asking again; `code` says what is away."""
    answer = _failed(request, status=503, code=code, detail=detail)
    answer["Retry-After"] = str(RETRY_AFTER)
    return answer


def refused(request: HttpRequest, error: Refused) -> HttpResponse:
    """What is refused before any view is asked: a problem for programs, for people a page with the reason."""
    status = status_of(error)
    if request.path_info.startswith("/api/"):
        body = refusal(request, error, status=status)
        return JsonResponse(body, status=status, content_type="application/problem+json")
    if not hasattr(request, "tenant"):
        return HttpResponse(error.detail, status=status, content_type="text/plain")
    return render(None, "400.html", {"detail": error.detail}, status=status)


def _failed(request: HttpRequest, *, status: int, code: str = "", detail: str = "") -> HttpResponse:
    if not request.path_info.startswith("/api/"):
        if not hasattr(request, "tenant"):
            return HttpResponse(NOWHERE if status == 404 else AWAY, status=status)
        return render(request if status < 500 else None, f"{status}.html", status=status)
    body = problem_body(request, status=status, code=code or CODES[status], detail=detail)
    if not hasattr(request, "tenant"):
        body["type"] = "about:blank"  # a host that leads nowhere has no page to point to
    return JsonResponse(body, status=status, content_type="application/problem+json")
