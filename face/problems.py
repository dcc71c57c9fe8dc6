"""Errors as `application/problem+json` (RFC 9457)."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, JsonResponse
from rest_framework import exceptions
from rest_framework.response import Response

from cqrs.codec import ForbiddenCharacter, TooLarge
from cqrs.domain import Conflict, NotFound, QuotaExceeded, Refused, Stale, Unavailable
from face.kept.receipts import AlreadyDone
from face.refusals import (
    BodyTooLarge,
    CursorExpired,
    Forbidden,
    IncompleteBody,
    InvalidHeader,
    InvalidParameter,
    KeyRequired,
    LengthRequired,
    Malformed,
    TenantHeld,
    TenantSuspended,
    TooManyStreams,
    UnsupportedCharset,
    UnsupportedCoding,
    UnsupportedForm,
    VersionRequired,
)

RETRY_AFTER = 1
"""Seconds a client is asked to wait before it tries an absent store again."""

RETRYABLE = (
    HTTPStatus.CONFLICT,
    HTTPStatus.TOO_MANY_REQUESTS,
    HTTPStatus.SERVICE_UNAVAILABLE,
)
"""Statuses after which the same bytes can succeed later."""

STATUS: Mapping[type[Refused], int] = {
    Forbidden: 403,
    QuotaExceeded: 403,
    NotFound: 404,
    Stale: 409,
    AlreadyDone: 409,
    CursorExpired: 410,
    Malformed: 400,
    ForbiddenCharacter: 400,
    InvalidHeader: 400,
    InvalidParameter: 400,
    KeyRequired: 400,
    IncompleteBody: 400,
    LengthRequired: 411,
    UnsupportedCharset: 415,
    UnsupportedCoding: 415,
    UnsupportedForm: 415,
    TenantSuspended: 403,
    TenantHeld: 503,
    VersionRequired: 428,
    TooLarge: 413,
    BodyTooLarge: 413,
    TooManyStreams: 503,
    Unavailable: 503,
}
"""Every other refusal is a rule's: 422."""

CODES: Mapping[type[Exception], tuple[int, str]] = {
    Http404: (404, "not_found"),
    PermissionDenied: (403, "permission_denied"),
    RequestDataTooBig: (413, "too_large"),
    OperationalError: (503, "unavailable"),
    InterfaceError: (503, "unavailable"),
    exceptions.ParseError: (400, "malformed"),
    exceptions.NotAuthenticated: (401, "not_authenticated"),
    exceptions.AuthenticationFailed: (401, "not_authenticated"),
}
"""Errors that say less than their class does; DRF's others bring a status and a code of their own."""


def handle(error: Exception, context: Mapping[str, Any]) -> Response | None:
    """DRF's exception handler. None, and the error is a defect, for what is none of ours."""
    request: HttpRequest = context["request"]
    if isinstance(error, Refused):
        status = 412 if isinstance(error, Conflict) and request.headers.get("If-Match") else status_of(error)
        headers = {"Retry-After": str(RETRY_AFTER)} if status == HTTPStatus.SERVICE_UNAVAILABLE else {}
        return _response(refusal(request, error, status=status), headers)
    status, code = _code(error)
    if not status:
        return None
    detail = error.detail if isinstance(error, exceptions.APIException) else ""
    body = problem(request, status=status, code=code, detail=str(detail))
    return _response(body, _headers(error, status))


def refusal(request: HttpRequest, error: Refused, *, status: int) -> dict[str, Any]:
    """The body that tells of a refusal. What a refusal calls like one of the problem's own members, `status` for one,
    stands in its error only."""
    fields: dict[str, Any] = {name: _whole(request, name, value) for name, value in error.fields.items()}
    one = {"pointer": error.pointer, "code": error.code, "detail": error.detail} | fields
    errors = fields.pop("errors", [one])
    return fields | problem(request, status=status, code=error.code, detail=error.detail, errors=errors)


def problem(
    request: HttpRequest, *, status: int, code: str, detail: str = "", errors: Sequence[Mapping[str, Any]] = ()
) -> dict[str, Any]:
    """A problem's body; `type` is a page on this host that explains the code."""
    return {
        "type": request.build_absolute_uri(f"/problems/{code}/"),
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail or HTTPStatus(status).description or HTTPStatus(status).phrase,
        "code": code,
        "request_id": getattr(request, "request_id", ""),
        "retryable": status in RETRYABLE,
        "errors": list(errors),
    }


def plain(request: HttpRequest, *, status: int, code: str, detail: str = "") -> JsonResponse:
    """A problem outside DRF: an unknown host or path, a crash."""
    body = problem(request, status=status, code=code, detail=detail)
    return JsonResponse(body, status=status, content_type="application/problem+json")


def _whole(request: HttpRequest, name: str, value: Any) -> Any:
    """A refusal knows paths, not hosts."""
    return request.build_absolute_uri(value) if name.endswith("_url") else value


def status_of(error: Refused) -> int:
    """The status that a refusal is answered with."""
    return next((status for kind, status in STATUS.items() if isinstance(error, kind)), 422)


def _code(error: Exception) -> tuple[int, str]:
    for kind, found in CODES.items():
        if isinstance(error, kind):
            return found
    if isinstance(error, exceptions.APIException):
        return error.status_code, str(error.default_code)
    return 0, ""


def _headers(error: Exception, status: int) -> dict[str, str]:
    headers = {"WWW-Authenticate": str(challenge)} if (challenge := getattr(error, "auth_header", None)) else {}
    if (wait := getattr(error, "wait", None)) is not None or status == HTTPStatus.SERVICE_UNAVAILABLE:
        headers["Retry-After"] = str(int(wait or RETRY_AFTER))
    return headers


def _response(body: dict[str, Any], headers: Mapping[str, str]) -> Response:
    return Response(body, status=body["status"], headers=dict(headers), content_type="application/problem+json")
