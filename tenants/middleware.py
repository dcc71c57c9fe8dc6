"""From a host to its tenant, and from a session to the principal of that tenant."""

from collections.abc import Callable

from django.db import connection
from django.http import HttpResponse, HttpResponseBase, HttpResponseNotFound
from django.shortcuts import render
from django.utils import timezone
from django_tenants.middleware import TenantMainMiddleware
from rest_framework.permissions import SAFE_METHODS
from structlog.contextvars import bind_contextvars

from face.problems import plain
from face.refusals import TenantHeld
from tenants.hosts import host_of, tenant_of
from tenants.models import Domain, Tenant
from tenants.requests import TenantRequest
from tenants.sessions import bind

FREE = ("/sign-in/", "/sign-out/", "/confirm/", "/api/")
"""Where a POST changes nothing of the tenant; and the API, which refuses by itself, in its own order and words."""

type View = Callable[[TenantRequest], HttpResponseBase]


class TenantMiddleware(TenantMainMiddleware):  # type: ignore[misc]  # django-tenants is untyped
    """Runs a request in its host's tenant: schema, URLs and time zone; 404 for a host that leads nowhere.

    The tenant ends with the view. A response that streams must enter its tenant again for each of its queries.
    """

    def __call__(self, request: TenantRequest) -> HttpResponseBase:
        """Answer, then leave the tenant, whatever happened."""
        try:
            answer: HttpResponseBase = super().__call__(request)
            return answer
        finally:
            connection.set_schema_to_public()  # type: ignore[attr-defined]  # of django-tenants' backend
            timezone.deactivate()

    @staticmethod
    def hostname_from_request(request: TenantRequest) -> str:
        """The host itself: no prefix is dropped, no forwarded header is heard."""
        return host_of(request)

    def get_tenant(self, domain_model: type[Domain], hostname: str) -> Tenant:
        """The tenant of a host. Domain.DoesNotExist."""
        return tenant_of(hostname)

    def process_request(self, request: TenantRequest) -> HttpResponse | None:
        """Enter the tenant."""
        if not host_of(request):
            return HttpResponseNotFound()  # a malformed host can have no page: nothing can link to it
        super().process_request(request)
        timezone.activate(request.tenant.time_zone)
        bind_contextvars(tenant=request.tenant.code)
        return held(request) if request.tenant.state == Tenant.State.HELD else None


def bind_session(get_response: View) -> View:
    """Sets `request.principal`, or None; a session of another tenant's host is nobody's here."""

    def middleware(request: TenantRequest) -> HttpResponseBase:
        bind(request)
        return get_response(request)

    return middleware


def read_only(get_response: View) -> View:
    """Refuses every change by a member of a suspended tenant, whichever page it comes from."""

    def middleware(request: TenantRequest) -> HttpResponseBase:
        changes = request.method not in SAFE_METHODS and not request.path_info.startswith(FREE)
        if changes and request.principal and request.tenant.state == Tenant.State.SUSPENDED:
            return render(request, "suspended.html", status=403)
        return get_response(request)

    return middleware


def held(request: TenantRequest) -> HttpResponse:
    """The answer of a host whose tenant is held, whatever was asked."""
    request.principal = None
    if request.path_info.startswith("/api/"):
        told = TenantHeld()
        answer: HttpResponse = plain(request, status=503, code=told.code, detail=told.detail)
    else:
        answer = render(None, "held.html", status=503)
    answer["Retry-After"] = "60"
    return answer
