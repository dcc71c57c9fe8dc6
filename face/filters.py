"""Filters that every list has."""

from typing import Any

import django_filters as filters
from django.db.models import Q, QuerySet
from django.http import QueryDict


class RowFilter(filters.FilterSet):  # type: ignore[misc]  # django-filter is untyped
    """`?q=` and `?is_deleted=`; removed ones are left out unless asked for."""

    q = filters.CharFilter(method="search", label="search")
    is_deleted = filters.TypedChoiceFilter(
        choices=[("true", "true"), ("false", "false")],
        coerce=lambda text: text == "true",
        label="removed ones instead of the others",
    )

    def __init__(self, data: Any = None, *args: Any, **kwargs: Any) -> None:
        given = QueryDict(mutable=True) if data is None else data.copy()
        given.setdefault("is_deleted", "false")
        super().__init__(given, *args, **kwargs)

    def search(self, rows: QuerySet[Any], _: str, text: str) -> QuerySet[Any]:
        """By name or code; an app may look further."""
        return rows.filter(Q(name__icontains=text) | Q(code__iexact=text))
