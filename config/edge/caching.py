"""What nobody keeps: answers to whoever is signed in."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase

type View = Callable[[HttpRequest], HttpResponseBase]


def no_store(get_response: View) -> View:
    """Sets `Cache-Control: no-store` (RFC 9111 5.2.2.5) on what a person in a session or a good API key is answered,
    pages, files and errors alike. Stands behind the static files, which are for everybody. Whoever has no good
    credential is answered as nobody is."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        is_signed_in = getattr(request, "principal", None) or getattr(request, "auth", None)
        if is_signed_in and "no-store" not in response.get("Cache-Control", ""):
            response["Cache-Control"] = "no-store"
        return response

    return middleware
