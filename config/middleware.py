"""What happens to every request before it has a tenant: its id."""

import re
import uuid
from collections.abc import Callable
from functools import partial

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase, HttpResponsePermanentRedirect
from django.middleware.common import CommonMiddleware
from django.middleware.gzip import GZipMiddleware
from django.views.decorators.csp import csp_override
from structlog.contextvars import bind_contextvars, clear_contextvars

from tenants.requests import TenantRequest

type View = Callable[[HttpRequest], HttpResponseBase]

REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,128}", re.ASCII)
LOOSE = ("/admin/", "/api/docs/")


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
