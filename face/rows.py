"""A row as JSON: the members every resource has, then its own."""

from typing import Any

from rest_framework import serializers

from cqrs.models import Row
from face.consistency import public_id

ROW_FIELDS = (
    "id",
    "code",
    "name",
    "version",
    "is_deleted",
    "created_at",
    "created_by",
    "updated_at",
    "updated_by",
)


class RowSerializer(serializers.ModelSerializer[Any]):
    """Read only: what a client sends is checked by the rule's own signature."""

    id = serializers.SerializerMethodField()

    def get_id(self, row: Row) -> str:
        """The entity's id, with nothing in it that a URL would take for its own."""
        return public_id(row.id)
