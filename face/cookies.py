"""Cookies of https and of http under names of their own, so that neither can plant one for the other.

By https each cookie has the prefix `__Host-` (RFC 6265bis 4.1.3.2): browsers take such a one only with `Secure`, for
this host alone and from this host alone. The code that sets and reads cookies knows them by their plain names.
"""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase

type View = Callable[[HttpRequest], HttpResponseBase]

PREFIX = "__Host-"


def host_cookies(get_response: View) -> View:
    """By https, hears only cookies with the prefix, and sets each with it. Plain http is left as it is."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        if not request.is_secure():
            return get_response(request)
        sent = request.COOKIES.items()
        request.COOKIES = {name.removeprefix(PREFIX): value for name, value in sent if name.startswith(PREFIX)}
        response = get_response(request)
        for name in list(response.cookies):
            _bind_to_host(response, name)
        return response

    return middleware


def cookie_name(request: HttpRequest, name: str) -> str:
    """What browsers call a cookie that our code knows as `name`."""
    return f"{PREFIX}{name}" if request.is_secure() else name


def _bind_to_host(response: HttpResponseBase, name: str) -> None:
    morsel = response.cookies.pop(name)
    morsel.set(f"{PREFIX}{name}", morsel.value, morsel.coded_value)
    morsel["secure"], morsel["path"], morsel["domain"] = True, "/", ""
    response.cookies[morsel.key] = morsel
