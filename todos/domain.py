"""Todos: a name that gets done. The whole entity is this one page, so that its rules are read beside its state."""

from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from cqrs.domain import KEEP, Entity, Refused, Sequence, revise

MOST = {"name": 200, "description": 10_000, "assignee": 100}
"""Characters that fit into each text."""

LABELS_MOST, LABEL_MOST = 20, 50


class EmptyName(Refused):
    """A todo needs a name."""


class TooLong(Refused):
    """This is longer than a todo can hold."""


class TooManyLabels(Refused):
    """A todo has at most 20 labels."""


class NotOpen(Refused):
    """This applies to a todo that is neither completed nor canceled."""


class Status(StrEnum):
    PENDING = "pending"
    IN_PROGRESS = "in_progress"
    COMPLETED = "completed"
    CANCELED = "canceled"


class Priority(StrEnum):
    LOW = "low"
    NORMAL = "normal"
    HIGH = "high"
    URGENT = "urgent"


@dataclass(frozen=True)
class Todo:
    """Something to do, by a date, by somebody. `assignee` is a member's id, or empty."""

    name: str
    description: str = ""
    status: Status = Status.PENDING
    due_date: date | None = None
    priority: Priority = Priority.NORMAL
    labels: tuple[str, ...] = ()
    assignee: str = ""


def create(
    *,
    name: str,
    description: str = "",
    due_date: date | None = None,
    priority: Priority = Priority.NORMAL,
    labels: tuple[str, ...] = (),
    assignee: str = "",
) -> Todo:
    """A new todo, pending."""
    return _tidy(
        Todo(name=name, description=description, due_date=due_date, priority=priority, labels=labels, assignee=assignee)
    )


def edit(
    todo: Todo,
    *,
    name: str = KEEP,
    description: str = KEEP,
    due_date: date | None = KEEP,
    priority: Priority = KEEP,
    labels: tuple[str, ...] = KEEP,
    assignee: str = KEEP,
) -> Todo:
    """Change what is given, keep the rest; in any status."""
    return _tidy(
        revise(
            todo,
            name=name,
            description=description,
            due_date=due_date,
            priority=priority,
            labels=labels,
            assignee=assignee,
        )
    )


def start(todo: Todo) -> Todo:
    """Pending becomes in progress."""
    return _open(todo, becomes=Status.IN_PROGRESS)


def complete(todo: Todo) -> Todo:
    """An open todo is done."""
    return _open(todo, becomes=Status.COMPLETED)


def cancel(todo: Todo) -> Todo:
    """An open todo is given up."""
    return _open(todo, becomes=Status.CANCELED)


def reopen(todo: Todo) -> Todo:
    """Back to pending, from any status."""
    return replace(todo, status=Status.PENDING)


def remove(todo: Todo) -> Todo:
    """Out of the lists; `restore` brings it back as it was."""
    return todo


def restore(todo: Todo) -> Todo:
    """Back into the lists."""
    return todo


def _open(todo: Todo, *, becomes: Status) -> Todo:
    if todo.status not in (Status.PENDING, Status.IN_PROGRESS, becomes):
        raise NotOpen(status=todo.status)
    return replace(todo, status=becomes)


def _tidy(todo: Todo) -> Todo:
    labels = tuple(dict.fromkeys(filter(None, map(str.strip, todo.labels))))
    todo = replace(todo, name=todo.name.strip(), labels=labels)
    if not todo.name:
        raise EmptyName(pointer="/name")
    if len(labels) > LABELS_MOST:
        raise TooManyLabels(pointer="/labels", limit=LABELS_MOST)
    for field, most in MOST.items():
        _fits(getattr(todo, field), most=most, pointer=f"/{field}")
    for label in labels:
        _fits(label, most=LABEL_MOST, pointer="/labels")
    return todo


def _fits(text: str, *, most: int, pointer: str) -> None:
    if len(text) > most:
        raise TooLong(f"At most {most} characters fit here.", pointer=pointer, limit=most)


TODO = Entity(
    "TODO",
    Todo,
    create=create,
    change={
        "edited": edit,
        "started": start,
        "completed": complete,
        "canceled": cancel,
        "reopened": reopen,
    },
    remove=remove,
    restore=restore,
    code=Sequence("TODO-%%no#:0>6%%", fast=True),
)
