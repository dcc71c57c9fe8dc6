"""The pages of todos: those of every entity, and a board."""

from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.urls import path

from face.screens import Screens, screen, show
from face.web import caught_up
from todos.domain import TODO, Status
from todos.queries import TodoFilter, todos

LANES = dict(zip(Status, ("reopen", "start", "complete", "cancel"), strict=True))
"""Each status, and the rule that leads to it."""

CARDS_MOST = 50


@screen("todos:read")
def board(request: HttpRequest) -> HttpResponse:
    """A lane for each status, the nearest due date first."""
    behind, rows = not caught_up(request), todos().filter(is_deleted=False)
    rows = rows.order_by(F("due_date").asc(nulls_last=True), "created_at")
    lanes = [(status, rule, rows.filter(status=status)[:CARDS_MOST]) for status, rule in LANES.items()]
    return show(request, "todos/board.html", {"behind": behind, "lanes": lanes, "most": CARDS_MOST}, part="lanes")


_orderings = ("created_at", "updated_at", "due_date", "name")
_pages = Screens(TODO, "todo", "todos", todos, TodoFilter, orderings=_orderings, ordering="-created_at")
urlpatterns = [path("board/", board, name="todo-board"), *_pages.urls()]
