"""The page of a list that an address asks for: its filters, its order, its cursor."""

from collections.abc import Collection
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django_filters import FilterSet, MultipleChoiceFilter

from cqrs.models import Row
from face.pages import Page, limit_of, ordering_of, page
from face.refusals import InvalidParameter


def listed[R: Row](
    request: HttpRequest, rows: QuerySet[R], filters: type[FilterSet], *, orderings: Collection[str], ordering: str
) -> Page[R]:
    """A page of the rows; an empty field of the filters' form asks for nothing. InvalidParameter."""
    given = request.GET.copy()
    for name in [name for name, value in given.items() if not value]:
        del given[name]
    several = {name for name, each in filters.base_filters.items() if isinstance(each, MultipleChoiceFilter)}
    chosen = filters({name: given.getlist(name) if name in several else given[name] for name in given}, queryset=rows)
    if not chosen.is_valid():
        name, faults = next(iter(chosen.errors.items()))
        raise InvalidParameter(f"{name}: {faults[0]}")
    asked: dict[str, Any] = given.dict()
    cursor = given.pop("cursor", [None])[0]
    scope = f"{request.tenant.code}:{request.path}:{sorted(given.lists())}"  # type: ignore[attr-defined]
    order = ordering_of(asked, allowed=orderings, default=ordering)
    return page(chosen.qs, ordering=order, limit=limit_of(asked), cursor=cursor, scope=scope)
