"""What nobody keeps: answers to whoever is signed in, or just signs in."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

type View = Callable[[HttpRequest], HttpResponseBase]


def no_store(get_response: View) -> View:
    """Sets `Cache-Control: no-store` (RFC 9111 5.2.2.5) where a request carries a session or a credential, good or not,
    or its answer sets a cookie. Stands behind the static files, which are for everybody."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        if _is_personal(request, response) and "no-store" not in response.get("Cache-Control", ""):
            response["Cache-Control"] = "no-store"
        return response

    return middleware


def _is_personal(request: HttpRequest, response: HttpResponseBase) -> bool:
    has_credential = settings.SESSION_COOKIE_NAME in request.COOKIES or "Authorization" in request.headers
    return has_credential or bool(response.cookies)
