"""A 503 says when to ask again, whoever answers it (RFC 9110 10.2.3)."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase

from face.problems import RETRY_AFTER

type View = Callable[[HttpRequest], HttpResponseBase]


def retry_after(get_response: View) -> View:
    """Sets `Retry-After` on each 503 that has none: pages whose form says that a store is away."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        if response.status_code == 503:
            response.headers.setdefault("Retry-After", str(RETRY_AFTER))
        return response

    return middleware
