"""Which pages may send forms here: those of the same tenant, told by the table that knows its hosts.

A tenant's host, its custom domains and the public host are all in that table, so no list of trusted origins has to be
kept. Pages of another tenant are strangers, though their host is below ours as well.
"""

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest
from django.http.request import split_domain_port
from django.middleware.csrf import REASON_BAD_REFERER, REASON_NO_REFERER, CsrfViewMiddleware, RejectRequest

from tenants.hosts import host_of, tenant_of
from tenants.models import Domain, Tenant

PORTS = {"http": "80", "https": "443"}


class OriginMiddleware(CsrfViewMiddleware):
    """Django's own protection, with the origin compared as browsers do: scheme, host and port, where a usual port may
    be left out."""

    def _origin_verified(self, request: HttpRequest) -> bool:
        return is_same_tenant(request, request.META["HTTP_ORIGIN"])

    def _check_referer(self, request: HttpRequest) -> None:
        """What is asked of https alone, where a browser names no origin."""
        referer = request.META.get("HTTP_REFERER")
        if referer is None:
            raise RejectRequest(REASON_NO_REFERER)
        if not is_same_tenant(request, referer):
            raise RejectRequest(REASON_BAD_REFERER % referer)


class OriginCheck(OriginMiddleware):
    """The same for views outside of the middleware: answers the reason rather than a page."""

    def _reject(self, request: HttpRequest, reason: str) -> Any:
        return reason


def is_same_tenant(request: HttpRequest, url: str) -> bool:
    """Whether a page at `url` is one of this request's tenant: by the same scheme, under a host that leads to it, at
    the port of this request, or at that of our own address, for some proxies leave the port out of `Host`."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    host, port = split_domain_port(parts.netloc)  # both empty where it is malformed
    if not host or parts.scheme != request.scheme or (port or PORTS[parts.scheme]) not in _ports(request):
        return False
    return host == host_of(request) or _leads_here(request, host)


def _ports(request: HttpRequest) -> set[str]:
    if port := split_domain_port(request.get_host())[1]:
        return {port}
    public = urlsplit(settings.PUBLIC_ADDRESS)
    own = {str(public.port)} if public.port and public.scheme == request.scheme else set()
    return {PORTS[str(request.scheme)], *own}


def _leads_here(request: HttpRequest, host: str) -> bool:
    here: Tenant = request.tenant  # type: ignore[attr-defined]  # set by the tenant middleware
    try:
        return tenant_of(host) == here
    except Domain.DoesNotExist:
        return False
