"""What happens to every request before it has a tenant: its id, and the probes."""

import re
import secrets
import uuid
from collections.abc import Callable
from functools import partial
from ipaddress import ip_address

from django.conf import settings
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseNotAllowed,
    HttpResponsePermanentRedirect,
    JsonResponse,
)
from django.middleware.common import CommonMiddleware
from django.middleware.gzip import GZipMiddleware
from django.views.decorators.csp import csp_override
from prometheus_client import CONTENT_TYPE_LATEST
from structlog.contextvars import bind_contextvars, clear_contextvars

from config.health import readiness
from config.metrics import exposition
from tenants.hosts import host_of
from tenants.requests import TenantRequest

type View = Callable[[HttpRequest], HttpResponseBase]

REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,128}", re.ASCII)
LOOSE = ("/admin/", "/api/docs/")
LOCAL = ("127.0.0.1", "::1")
RETRY_AFTER = "2"
"""Seconds until it is worth asking again whether we are ready."""


class SlashMiddleware(CommonMiddleware):
    """A path without its last slash is redirected with its method and its body: a POST does not become a GET."""

    response_redirect_class = staticmethod(  # type: ignore[assignment]  # Django only calls it
        partial(HttpResponsePermanentRedirect, preserve_request=True)
    )


def request_id(get_response: View) -> View:
    """`request.request_id`: the client's X-Request-Id where it is well-formed, else a new one; returned, and logged."""

    def middleware(request: TenantRequest) -> HttpResponseBase:
        sent = request.headers.get("X-Request-Id", "")
        request.request_id = sent if REQUEST_ID.fullmatch(sent) else uuid.uuid4().hex
        clear_contextvars()  # this thread's last request
        bind_contextvars(request_id=request.request_id)
        response = get_response(request)
        response["X-Request-Id"] = request.request_id
        return response

    return middleware  # type: ignore[return-value]  # it makes a TenantRequest of what it is given


def probes(get_response: View) -> View:
    """Answers `/healthz`, `/readyz` and `/metrics` where no tenant lives: on the public host, or on a bare address."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        answer = PROBES.get(request.path_info)
        if answer is None or not _is_public(host_of(request)):
            return get_response(request)
        return answer(request) if request.method in ("GET", "HEAD") else HttpResponseNotAllowed(["GET", "HEAD"])

    return middleware


def compressed(get_response: View) -> View:
    """Static files travel as gzip, where that is heard of; a part of one as it is. Pages do not: they hold secrets
    beside what was sent, and their length would tell (BREACH)."""
    gzip: View = GZipMiddleware(get_response)  # type: ignore[assignment]  # it is no async one

    def middleware(request: HttpRequest) -> HttpResponseBase:
        is_whole_file = request.path_info.startswith(settings.STATIC_URL) and "Range" not in request.headers
        return (gzip if is_whole_file else get_response)(request)

    return middleware


def csp(get_response: View) -> View:
    """The staff admin and the API's console come with inline scripts; none of our own pages does. Members see images
    from elsewhere, strangers do not."""
    loose = csp_override(settings.SECURE_CSP_LOOSE)(get_response)
    members = csp_override(settings.SECURE_CSP_MEMBERS)

    def middleware(request: HttpRequest) -> HttpResponseBase:
        if request.path_info.startswith(LOOSE):
            return loose(request)
        response = get_response(request)
        return members(lambda _: response)(request) if getattr(request, "principal", None) else response

    return middleware


def _alive(request: HttpRequest) -> HttpResponse:
    """This process answers. Asks no store."""
    return JsonResponse({"status": "ok"})


def _ready(request: HttpRequest) -> HttpResponse:
    found = readiness()
    if found.is_ready:
        return JsonResponse(found.as_json())
    return JsonResponse(found.as_json(), status=503, headers={"Retry-After": RETRY_AFTER})


def _metrics(request: HttpRequest) -> HttpResponse:
    """Names tenants and counts them, so not for everybody."""
    if not _may_scrape(request):
        return HttpResponse(status=401, headers={"WWW-Authenticate": 'Bearer realm="metrics"'})
    return HttpResponse(exposition(), content_type=CONTENT_TYPE_LATEST)


def _may_scrape(request: HttpRequest) -> bool:
    if token := settings.METRICS_TOKEN:
        sent = request.headers.get("Authorization", "")
        return secrets.compare_digest(sent.encode(), f"Bearer {token}".encode())
    is_forwarded = "X-Forwarded-For" in request.headers or "Forwarded" in request.headers
    return not is_forwarded and request.META.get("REMOTE_ADDR") in LOCAL


def _is_public(host: str) -> bool:
    try:
        return host in (settings.PUBLIC_HOST, "localhost") or bool(ip_address(host.strip("[]")))
    except ValueError:
        return False


PROBES: dict[str, Callable[[HttpRequest], HttpResponse]] = {"/healthz": _alive, "/readyz": _ready, "/metrics": _metrics}
