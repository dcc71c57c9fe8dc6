"""Keeping clients on https: HTTP Strict Transport Security (RFC 6797), and the way there from http."""

from collections.abc import Callable
from ipaddress import ip_address
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase, HttpResponsePermanentRedirect

from tenants.addresses import address_at
from tenants.hosts import host_of

type View = Callable[[HttpRequest], HttpResponseBase]

HSTS_AGE = 365 * 24 * 60 * 60
"""Seconds for which a browser asks for a host by https only."""


def hsts(get_response: View) -> View:
    """Tells browsers that came by https to come by nothing else."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        if request.is_secure() and (policy := hsts_policy(request)):
            response["Strict-Transport-Security"] = policy
        return response

    return middleware


def hsts_policy(request: HttpRequest) -> str:
    """On our own hosts for all sub-domains; on a custom domain for itself alone, for what is below is not ours to
    decide; none on localhost, where other things are developed, and on a host that leads nowhere."""
    host = host_of(request)
    if is_local(host):
        return ""
    if f".{host}".endswith(f".{settings.PUBLIC_HOST}"):
        return f"max-age={HSTS_AGE}; includeSubDomains"
    return f"max-age={HSTS_AGE}" if hasattr(request, "tenant") else ""


def is_local(host: str) -> bool:
    """Whether this is localhost, a name below it (RFC 6761 6.3), or a bare address, of which RFC 6797 knows nothing."""
    if f".{host}".endswith(".localhost"):
        return True
    try:
        return bool(ip_address(host.strip("[]")))
    except ValueError:
        return False


def https_only(get_response: View) -> View:
    """Redirects http to https, with method and body, where TENFOLD_ADDRESS is https. Stands behind the probes, which
    load balancers ask for by http."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        if request.is_secure() or urlsplit(settings.PUBLIC_ADDRESS).scheme != "https":
            return get_response(request)
        address = address_at(host_of(request))
        return HttpResponsePermanentRedirect(f"{address}{request.get_full_path()}", preserve_request=True)

    return middleware
