"""`OPTIONS` says which methods a path of the API takes, and nothing of what is behind it: no names, no docstrings."""

from collections.abc import Callable, Iterator
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase

API = "/api/"


class OptionsMiddleware:
    """Answers `OPTIONS` on the API by 204 and `Allow`, whoever asks: what a path takes is in the public schema too."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """The answer."""
        return self._get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        """Called once the path is known to be there."""
        if request.method != "OPTIONS" or not request.path_info.startswith(API):
            return None
        allowed = ", ".join(sorted({*_methods(view), "OPTIONS"}))
        return HttpResponse(status=204, headers={"Allow": allowed})


def _methods(view: Any) -> Iterator[str]:
    """Those of a viewset's route are its `actions`, those of another view its methods."""
    kind: Any = getattr(view, "cls", None)
    names = getattr(view, "actions", None) or [name for name in kind.http_method_names if hasattr(kind, name)]
    for name in names:
        yield name.upper()
        if name == "get":
            yield "HEAD"
