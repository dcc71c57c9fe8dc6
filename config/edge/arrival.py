"""The first middleware: from here on a request comes from its client, whichever proxies passed it on."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

from config.edge.proxies import parse_address

type View = Callable[[HttpRequest], HttpResponseBase]

PEER = "tenfold.peer"
"""Names in `request.META` the address of whoever spoke to this process, which no header changes."""

LOCAL = "127.0.0.1"
"""The peer of a Unix socket, which has no address: it is on this machine."""


def arrival(get_response: View) -> View:
    """Sets `REMOTE_ADDR` and the scheme to the client's, as far as settings.PROXIES are believed."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        meta = request.META
        sent = str(meta.get("REMOTE_ADDR") or LOCAL)
        meta[PEER] = str(parse_address(sent) or sent)
        client = settings.PROXIES.find_client(
            peer=meta[PEER],
            scheme=request.scheme or "http",
            forwarded_for=meta.get("HTTP_X_FORWARDED_FOR", ""),
            forwarded_proto=meta.get("HTTP_X_FORWARDED_PROTO", ""),
        )
        meta["REMOTE_ADDR"], meta["wsgi.url_scheme"] = client.address, client.scheme
        return get_response(request)

    return middleware
