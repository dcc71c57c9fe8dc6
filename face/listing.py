"""What can be read of an entity as a list: one declaration, which its API and its pages share."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db.models import QuerySet
from django.http import QueryDict
from django_filters import FilterSet

from cqrs.domain import Entity
from cqrs.models import Row
from face.pages import Page, limit_of, ordering_of, page
from face.refusals import InvalidParameter

PAGING = ("limit", "cursor", "ordering")


@dataclass(frozen=True)
class Listing[R: Row]:
    """An entity's rows. `path` names its URLs, templates and permissions; `orderings` are the fields it can be ordered
    by, `ordering` the one it is by itself; `also` are whole numbers that the rows are annotated with."""

    entity: Entity[Any, ...]
    path: str
    rows: Callable[[], QuerySet[R]]
    filters: type[FilterSet]
    orderings: tuple[str, ...] = ("created_at",)
    ordering: str = "-created_at"
    also: tuple[str, ...] = ()

    def page(self, given: QueryDict, *, tenant: str) -> Page[R]:
        """The page that a query asks for. InvalidParameter, with each parameter at fault."""
        asked = {name: str(value) for name, value in given.items() if name in PAGING}
        filtered = self.filters(given, queryset=self.rows())
        if faults := list(self._faults(given, filtered)):
            raise InvalidParameter(errors=faults)
        wanted = sorted((name, values) for name, values in given.lists() if name not in PAGING)
        return page(
            filtered.qs,
            ordering=ordering_of(asked, allowed=self.orderings, default=self.ordering),
            limit=limit_of(asked),
            cursor=asked.get("cursor"),
            scope=f"{tenant}:{self.path}:{wanted}",
        )

    @cached_property
    def known(self) -> frozenset[str]:
        """The names of the parameters it takes."""
        return frozenset({*PAGING, *self.filters.base_filters})

    def _faults(self, given: QueryDict, filtered: FilterSet) -> Iterator[dict[str, str]]:
        for name in sorted(given.keys() - self.known):
            yield {"pointer": f"?{name}", "code": "unknown_parameter", "detail": "There is no such parameter."}
        if not filtered.is_valid():
            for name, each in filtered.errors.get_json_data().items():
                yield {"pointer": f"?{name}", "code": each[0]["code"], "detail": f"{name}: {each[0]['message']}"}
