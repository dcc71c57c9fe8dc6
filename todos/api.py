"""The todos' REST resource."""

from django.db.models import QuerySet

from face.resource import Resource
from face.rows import ROW_FIELDS, RowSerializer
from todos.domain import TODO
from todos.models import TodoRow
from todos.queries import TodoFilter, todos


class TodoSerializer(RowSerializer):
    class Meta:
        model = TodoRow
        fields = (*ROW_FIELDS, "description", "status", "due_date", "priority", "labels", "assignee")


class Todos(Resource):
    entity, path, serializer_class = TODO, "todos", TodoSerializer
    filters = TodoFilter
    orderings, ordering = ("created_at", "updated_at", "due_date", "name", "code"), "-created_at"

    def rows(self) -> QuerySet[TodoRow]:
        return todos()
