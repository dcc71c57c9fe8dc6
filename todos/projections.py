"""From a todo's state to its row."""

from cqrs.projections import projects
from todos.domain import TODO, Todo
from todos.models import TodoRow


@projects(TODO, TodoRow)
def row(todo: Todo) -> TodoRow:
    return TodoRow(
        description=todo.description,
        status=todo.status,
        due_date=todo.due_date,
        priority=todo.priority,
        labels=list(todo.labels),
        assignee=todo.assignee,
    )
