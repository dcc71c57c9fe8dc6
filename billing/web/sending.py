"""A command that one button of a page sends."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from cqrs.domain import Command, NotFound, Refused
from face.web import writer, wrote


def sent(request: HttpRequest, command: Command[Any], *, said: str, onward: str, code: str = "") -> HttpResponse:
    """Send it, go on to the page, and say there what came of it. NotFound: there is no such page then."""
    page = (onward, code) if code else (onward,)
    try:
        answer = writer(request).send(command)
    except NotFound:
        raise
    except Refused as refused:
        messages.error(request, refused.detail)
        return redirect(*page)
    messages.success(request, said)
    return wrote(request, redirect(*page), answer.version)
