"""What a machine asks: does this process live, may it be sent traffic, need anybody look, and the numbers."""

from collections.abc import Callable
from ipaddress import ip_address

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseNotAllowed, JsonResponse
from prometheus_client import CONTENT_TYPE_LATEST

from config.edge.arrival import PEER
from config.health import condition, readiness
from config.metrics import exposition
from config.scraping import may_scrape
from tenants.hosts import host_of

type View = Callable[[HttpRequest], HttpResponseBase]

FORWARDED = ("X-Forwarded-For", "X-Forwarded-Proto", "Forwarded")
"""Whatever one of these says, a proxy of this machine speaks for somebody else."""

RETRY_AFTER = "2"
"""Seconds until it is worth asking again whether we are ready."""


def probes(get_response: View) -> View:
    """Answers `/healthz`, `/readyz`, `/statusz` and `/metrics` where no tenant lives: on the public host, or on a bare
    address."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        answer = PROBES.get(request.path_info)
        if answer is None or not _is_public(host_of(request)):
            return get_response(request)
        return answer(request) if request.method in ("GET", "HEAD") else HttpResponseNotAllowed(["GET", "HEAD"])

    return middleware


def _alive(request: HttpRequest) -> HttpResponse:
    """This process answers. Asks no store."""
    return JsonResponse({"status": "ok"})


def _ready(request: HttpRequest) -> HttpResponse:
    """For whoever sends traffic: 503 where this process cannot answer requests; what is degraded is told in the 200."""
    found = readiness()
    if found.is_ready:
        return JsonResponse(found.as_json("ready"))
    return JsonResponse(found.as_json("not ready"), status=503, headers={"Retry-After": RETRY_AFTER})


def _status(request: HttpRequest) -> HttpResponse:
    """For people and alarms: 503 where any part is not well. It names no tenant, no machine."""
    found = condition()
    if found.is_well:
        return JsonResponse(found.as_json("well"))
    return JsonResponse(found.as_json("not well"), status=503, headers={"Retry-After": RETRY_AFTER})


def _metrics(request: HttpRequest) -> HttpResponse:
    """Names tenants and counts them, so not for everybody."""
    if not _may_scrape(request):
        return HttpResponse(status=401, headers={"WWW-Authenticate": 'Bearer realm="metrics"'})
    return HttpResponse(exposition(), content_type=CONTENT_TYPE_LATEST)


def _may_scrape(request: HttpRequest) -> bool:
    token, sent = settings.METRICS_TOKEN, request.headers.get("Authorization", "")
    peer = "" if any(name in request.headers for name in FORWARDED) else request.META[PEER]
    return may_scrape(token=token, authorization=sent, peer=peer)


def _is_public(host: str) -> bool:
    try:
        return host in (settings.PUBLIC_HOST, "localhost") or bool(ip_address(host.strip("[]")))
    except ValueError:
        return False


PROBES: dict[str, Callable[[HttpRequest], HttpResponse]] = {
    "/healthz": _alive,
    "/readyz": _ready,
    "/statusz": _status,
    "/metrics": _metrics,
}
