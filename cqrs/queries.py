"""Questions that every read model answers."""

from typing import Any

import django_filters as filters
from django.db.models import Q, QuerySet

from cqrs.models import Row


def list_by_pk[R: Row](rows: QuerySet[R], pk: str, *, limit: int, start_from_sk: str = "") -> QuerySet[R]:
    """The rows of one partition, `TODO#acme`, above a sort key, in its order."""
    return rows.filter(partition=pk, sk__gt=start_from_sk).order_by("sk")[:limit]


class RowFilter(filters.FilterSet):  # type: ignore[misc]  # django-filter is untyped
    """`?q=` and `?is_deleted=`; removed ones are left out unless asked for."""

    q = filters.CharFilter(method="search", label="search")
    is_deleted = filters.TypedChoiceFilter(
        choices=[("true", "true"), ("false", "false")],
        coerce=lambda text: text == "true",
        label="removed ones instead of the others",
    )

    def __init__(self, data: dict[str, Any] | None = None, *args: Any, **kwargs: Any) -> None:
        super().__init__({"is_deleted": "false"} | dict(data or {}), *args, **kwargs)

    def search(self, rows: QuerySet[Any], _: str, text: str) -> QuerySet[Any]:
        """By name or code; an app may look further."""
        return rows.filter(Q(name__icontains=text) | Q(code__iexact=text))
