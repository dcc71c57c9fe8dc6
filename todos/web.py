"""The pages of todos: those of every entity, and a board."""

from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.urls import path

from face.screens import Screens, show
from face.web import caught_up, signed_in
from todos.domain import Status
from todos.queries import TODOS, todos

LANES = dict(zip(Status, ("reopen", "start", "complete", "cancel"), strict=True))
"""Each status, and the rule that leads to it."""

CARDS_MOST = 50


@signed_in("todos:read")
def board(request: HttpRequest) -> HttpResponse:
    """A lane for each status, the nearest due date first."""
    behind, rows = not caught_up(request), todos().filter(is_deleted=False)
    rows = rows.order_by(F("due_date").asc(nulls_last=True), "created_at")
    lanes = [(status, rule, rows.filter(status=status)[:CARDS_MOST]) for status, rule in LANES.items()]
    return show(request, "todos/board.html", {"behind": behind, "lanes": lanes, "most": CARDS_MOST}, part="lanes")


urlpatterns = [path("board/", board, name="todo-board"), *Screens(TODOS, one="todo").urls()]
