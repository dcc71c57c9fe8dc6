"""What every page needs: who asks, forms as rule arguments, and seeing at once what one has just written."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, get_args, get_origin
from urllib.parse import urlencode

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, QueryDict
from django.shortcuts import redirect, resolve_url
from pydantic import ValidationError

from cqrs.domain import NotFound, Rule, Version
from cqrs.log import Log
from cqrs.writer import Writer
from face import commands
from face.arguments import body_model, faults
from face.commands import Principal
from face.consistency import TOKENS_MOST, token, wait_for, written
from face.refusals import InvalidHeader, Malformed

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
                return redirect(f"{resolve_url(settings.LOGIN_URL)}?{urlencode({'next': request.get_full_path()})}")
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


def writer(request: HttpRequest) -> Writer:
    """A writer in the name of whoever is signed in."""
    return commands.writer(request, request.principal, source="web")  # type: ignore[attr-defined]  # set by bind_session


def log_of(request: HttpRequest) -> Log:
    """The log of whoever is signed in, for reading: also where nothing may be changed."""
    return commands.log_of(request.principal)  # type: ignore[attr-defined]  # set by bind_session


def form_args(rule: Rule[Any], form: QueryDict) -> dict[str, Any]:
    """A form's fields as the rule's arguments: only those it takes, empty ones as None where None is one, a text of
    commas or repeated fields as a tuple. Malformed, with a pointer to each fault."""
    takes = {name: field.annotation for name, field in body_model(rule).model_fields.items() if name != "version"}
    given = {name: _value(form, name, kind) for name, kind in takes.items() if name in form}
    try:
        model = body_model(rule).model_validate(given, strict=False)
    except ValidationError as error:
        raise Malformed(faults(error)) from None
    return {name: getattr(model, name) for name in given}


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


def _value(form: QueryDict, name: str, kind: Any) -> Any:
    if get_origin(kind) is tuple:
        return tuple(part.strip() for text in form.getlist(name) for part in text.split(",") if part.strip())
    text = form[name]
    return None if not text and type(None) in get_args(kind) else text
