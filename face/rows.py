"""A row as JSON: the members every resource has, then its own."""

from functools import cache
from typing import Any

from rest_framework import serializers

from cqrs.models import Row
from face.ids import public_id
from face.listing import Listing

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


@cache
def serializer_of(listing: Listing[Any]) -> type[RowSerializer]:
    """The serializer of a listing's rows: the members every resource has, then the model's own columns,
    then what the rows are annotated with."""
    model = listing.rows().model
    shared = {field.name for field in Row._meta.get_fields()}
    own = tuple(field.name for field in model._meta.concrete_fields if field.name not in shared)
    also = {name: serializers.IntegerField(read_only=True) for name in listing.also}
    meta = type("Meta", (), {"model": model, "fields": (*ROW_FIELDS, *own, *also)})
    return type(f"{model.__name__.removesuffix('Row')}Serializer", (RowSerializer,), {"Meta": meta, **also})
