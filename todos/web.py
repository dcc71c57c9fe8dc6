"""The pages of todos: those of every entity, a board, and a card of the dashboard."""

from datetime import timedelta
from typing import Any

from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils import timezone

from face.cards import Card
from face.screens import Screens, show
from face.web import caught_up, signed_in
from todos.domain import Status
from todos.queries import TODOS, todos

LANES = dict(zip(Status, ("reopen", "start", "complete", "cancel"), strict=True))
"""Each status, and the rule that leads to it."""

CARDS_MOST = 50

SOON, DUE_MOST = timedelta(days=7), 6
"""How far ahead the dashboard looks, and how many todos it shows."""


@signed_in("todos:read")
def board(request: HttpRequest) -> HttpResponse:
    """A lane for each status, the nearest due date first."""
    behind, rows = not caught_up(request), todos().filter(is_deleted=False)
    rows = rows.order_by(F("due_date").asc(nulls_last=True), "created_at")
    lanes = [(status, rule, rows.filter(status=status)[:CARDS_MOST]) for status, rule in LANES.items()]
    return show(request, "todos/board.html", {"behind": behind, "lanes": lanes, "most": CARDS_MOST}, part="lanes")


def due_soon(_: HttpRequest) -> dict[str, Any]:
    """The open todos that are due within a week, or over it."""
    rows = todos().filter(is_deleted=False, status__in=(Status.PENDING, Status.IN_PROGRESS))
    rows = rows.filter(due_date__lte=timezone.localdate() + SOON).order_by("due_date", "created_at")
    return {"todos": rows[:DUE_MOST]}


CARDS = (Card("todos:read", "todos/card.html", due_soon),)
"""What the dashboard shows of todos."""

urlpatterns = [path("board/", board, name="todo-board"), *Screens(TODOS, one="todo").urls()]
