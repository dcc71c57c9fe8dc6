"""What every page needs: who asks, and seeing at once what one has just written."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect, resolve_url
from django.utils.http import url_has_allowed_host_and_scheme

from cqrs.domain import NotFound, Version
from cqrs.log import Log
from cqrs.writer import Writer
from face import commands
from face.commands import Principal
from face.consistency import TOKENS_MOST, token, wait_for, written
from face.refusals import InvalidHeader

type View[**P] = Callable[Concatenate[HttpRequest, P], HttpResponse]

METHODS = ("GET", "HEAD", "POST")
"""What a browser sends to a page."""

COOKIE = "written"
"""Names the cookie that carries the tokens of what this browser has just written."""

COOKIE_AGE = 10
"""Seconds after which rows have long caught up."""


def signed_in[**P](permission: str) -> Callable[[View[P]], View[P]]:
    """A view for members who may this; others are asked to sign in, or told that they may not. What is not there is a
    404, a method that no browser sends a 405."""

    def decorate(view: View[P]) -> View[P]:
        @wraps(view)
        def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            principal: Principal | None = request.principal  # type: ignore[attr-defined]  # set by bind_session
            if principal is None:
                return redirect(f"{resolve_url(settings.LOGIN_URL)}?{urlencode({'next': _back(request)})}")
            if not principal.may(permission):
                raise PermissionDenied
            if request.method not in METHODS:
                return HttpResponseNotAllowed(METHODS)
            try:
                return view(request, *args, **kwargs)
            except NotFound:
                raise Http404 from None

        return guarded

    return decorate


def _back(request: HttpRequest) -> str:
    """Where to go on once signed in: what was asked for; the page on which a form was sent, for nobody can send that
    again for them."""
    if request.method in ("GET", "HEAD"):
        return request.get_full_path()
    page = request.headers.get("Referer", "")
    is_ours = url_has_allowed_host_and_scheme(page, allowed_hosts={request.get_host()})
    return urlsplit(page)._replace(scheme="", netloc="").geturl() if is_ours else "/"


def writer(request: HttpRequest) -> Writer:
    """A writer in the name of whoever is signed in."""
    return commands.writer(request, request.principal, source="web")  # type: ignore[attr-defined]  # set by bind_session


def log_of(request: HttpRequest) -> Log:
    """The log of whoever is signed in, for reading: also where nothing may be changed."""
    return commands.log_of(request.principal)  # type: ignore[attr-defined]  # set by bind_session


def wrote(request: HttpRequest, response: HttpResponse, version: Version[Any]) -> HttpResponse:
    """The response, which lets this browser's next list wait for what it has just written, and wrote a moment ago."""
    before = [each for each in request.COOKIES.get(COOKIE, "").split(",") if each]
    tokens = [*before, token(version)][-TOKENS_MOST:]
    response.set_cookie(COOKIE, ",".join(tokens), max_age=COOKIE_AGE, httponly=True, samesite="Lax")
    return response


def caught_up(request: HttpRequest) -> bool:
    """Wait, at most a second, until what this browser has written is shown. False when it is not."""
    try:
        tenant = request.principal.tenant  # type: ignore[attr-defined]  # set by bind_session
        return wait_for(written(request.COOKIES.get(COOKIE), tenant=tenant), tenant=tenant)
    except InvalidHeader:
        return True  # a cookie of another tenant or of nobody's making waits for nothing
