"""What can be asked of the todos of this tenant."""

import django_filters as filters
from django.db.models import Q, QuerySet

from face.filters import RowFilter
from face.listing import Listing
from todos.domain import TODO, Priority, Status
from todos.models import TodoRow


def todos() -> QuerySet[TodoRow]:
    """The todos of the tenant whose schema is current, removed ones too."""
    return TodoRow.objects.all()


class TodoFilter(RowFilter):
    """`?status=&priority=&due=2026-12-24&due_before=&due_after=&label=&assignee=&q=&is_deleted=true`."""

    status = filters.MultipleChoiceFilter(choices=[(each, each) for each in Status])
    priority = filters.MultipleChoiceFilter(choices=[(each, each) for each in Priority])
    due = filters.DateFilter("due_date")
    due_before = filters.DateFilter("due_date", lookup_expr="lt")
    due_after = filters.DateFilter("due_date", lookup_expr="gt")
    label = filters.CharFilter(method="with_label")
    assignee = filters.CharFilter("assignee")

    def with_label(self, rows: QuerySet[TodoRow], _: str, label: str) -> QuerySet[TodoRow]:
        return rows.filter(labels__contains=[label])

    def search(self, rows: QuerySet[TodoRow], _: str, text: str) -> QuerySet[TodoRow]:
        return rows.filter(Q(name__icontains=text) | Q(description__icontains=text) | Q(code__iexact=text))


TODOS = Listing(TODO, "todos", todos, TodoFilter, ("created_at", "updated_at", "due_date", "name", "code"))
"""What the API and the pages list."""
