"""The rules of a todo, as pure functions."""

from collections.abc import Callable
from datetime import date

import pytest

from todos.domain import (
    LABELS_MOST,
    EmptyName,
    NotOpen,
    Priority,
    Status,
    Todo,
    TooLong,
    TooManyLabels,
    cancel,
    complete,
    create,
    edit,
    remove,
    reopen,
    restore,
    start,
)

type Rule = Callable[[Todo], Todo]

MILK = Todo("Milk")


def at(status: Status) -> Todo:
    return Todo("Milk", status=status)


def test_a_new_todo_is_pending_and_tidy() -> None:
    todo = create(name="  Milk ", labels=("home", " home", "", "shop"))
    assert todo == Todo("Milk", labels=("home", "shop"), status=Status.PENDING, priority=Priority.NORMAL)


@pytest.mark.parametrize("name", ["", "   ", "\n"])
def test_a_todo_needs_a_name(name: str) -> None:
    with pytest.raises(EmptyName):
        create(name=name)


@pytest.mark.parametrize("fields", [{"name": "x" * 201}, {"description": "x" * 10_001}, {"assignee": "x" * 101}])
def test_a_text_that_does_not_fit_is_refused_at_its_field(fields: dict[str, str]) -> None:
    with pytest.raises(TooLong) as refused:
        edit(MILK, **fields)  # type: ignore[arg-type]  # mypy cannot tell which field it is
    assert refused.value.pointer == f"/{next(iter(fields))}"


def test_labels_have_limits() -> None:
    with pytest.raises(TooManyLabels):
        create(name="x", labels=tuple(map(str, range(LABELS_MOST + 1))))
    with pytest.raises(TooLong):
        create(name="x", labels=("x" * 51,))


def test_an_edit_changes_what_is_given_and_keeps_the_rest() -> None:
    todo = Todo("Milk", description="2 l", due_date=date(2026, 12, 24))
    assert edit(todo, name="Oat milk") == Todo("Oat milk", description="2 l", due_date=date(2026, 12, 24))
    assert edit(todo, due_date=None) == Todo("Milk", description="2 l")
    assert edit(todo) == todo


ALLOWED: dict[Rule, set[Status]] = {
    start: {Status.PENDING, Status.IN_PROGRESS},
    complete: {Status.PENDING, Status.IN_PROGRESS, Status.COMPLETED},
    cancel: {Status.PENDING, Status.IN_PROGRESS, Status.CANCELED},
    reopen: set(Status),
}
BECOMES: dict[Rule, Status] = {
    start: Status.IN_PROGRESS,
    complete: Status.COMPLETED,
    cancel: Status.CANCELED,
    reopen: Status.PENDING,
}


@pytest.mark.parametrize("status", list(Status))
@pytest.mark.parametrize("rule", list(ALLOWED))
def test_each_status_allows_its_rules_and_refuses_the_others(rule: Rule, status: Status) -> None:
    if status in ALLOWED[rule]:
        assert rule(at(status)) == at(BECOMES[rule])
    else:
        with pytest.raises(NotOpen) as refused:
            rule(at(status))
        assert refused.value.fields == {"status": status}


def test_removing_and_restoring_keep_the_state() -> None:
    assert remove(MILK) == restore(MILK) == MILK
