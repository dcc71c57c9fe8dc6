"""What a page says after an action: what has happened and how to undo it, or why nothing has."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest

from cqrs.domain import Conflict, NotFound, Refused
from cqrs.writer import Answer


def said(request: HttpRequest, answer: Answer[Any], *, undo: str = "") -> None:
    """Say what has happened; `undo` is the address that takes it back."""
    is_done = answer.changed or answer.replayed is not None
    fact, name = _words(answer.version.fact).capitalize(), answer.version.name or answer.version.code
    text = f"{fact} “{name}”" if is_done else f"Nothing to change in “{name}”"
    messages.success(request, text, extra_tags=undo if answer.changed else "")


def said_why(request: HttpRequest, refused: Refused) -> None:
    """Say why something has not happened. NotFound is raised again: there is no page to say it on."""
    if isinstance(refused, NotFound):
        raise refused
    text = refused.detail
    if isinstance(refused, Conflict):
        changed: Any = refused.fields["changed_fields"]
        what = f": {', '.join(map(_words, changed))}" if changed else ""
        text = f"Changed meanwhile{what}. Nothing was done; here is what stands now."
    messages.error(request, text)


def _words(name: str) -> str:
    return name.replace("_", " ")
