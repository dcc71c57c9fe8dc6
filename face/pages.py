"""Cursor pages: stable while others insert, and a cursor is good for its own tenant, list and filters only."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from django.core import signing
from django.db.models import F, Model, Q, QuerySet

from face.refusals import InvalidParameter

LIMIT = 25
LIMIT_MOST = 100


@dataclass(frozen=True, slots=True)
class Page[M: Model]:
    """Some rows of a list, and the cursors of the pages after and before (None where there is none)."""

    rows: list[M]
    next: str | None
    previous: str | None


@dataclass(frozen=True, slots=True)
class Place:
    """Between two rows: beside the one with this value of the ordering and this id, towards the end or the start."""

    towards: Literal["next", "previous"]
    value: str | None
    id: str


def page[M: Model](
    rows: QuerySet[M], *, ordering: str, limit: int = LIMIT, cursor: str | None = None, scope: str
) -> Page[M]:
    """One page. `ordering` is a field name, `-` for descending; ties are broken by id, nulls come last. `scope` says
    what the cursor belongs to: tenant, list, filters. InvalidParameter for another one's, or a forged one."""
    salt = f"cursor:{scope}:{ordering}"
    place = _read(cursor, salt) if cursor else None
    back = place is not None and place.towards == "previous"
    field, descending = ordering.lstrip("-"), ordering.startswith("-")
    if place:
        rows = rows.filter(_beyond(rows.model, field, place, descending=descending != back, back=back))
    found = list(rows.order_by(*_order(rows.model, field, descending=descending != back, back=back))[: limit + 1])
    more, found = len(found) > limit, found[:limit]
    if back:
        found.reverse()

    def cursor_at(row: M, towards: Literal["next", "previous"]) -> str:
        return signing.dumps([towards, _text(row, field), row.pk], salt=salt)

    return Page(
        rows=found,
        next=cursor_at(found[-1], "next") if found and (more or back) else None,
        previous=cursor_at(found[0], "previous") if found and place and (more or not back) else None,
    )


def limit_of(given: Mapping[str, str]) -> int:
    """`?limit=`, 1 to 100. InvalidParameter."""
    text = given.get("limit", str(LIMIT))
    if not re.fullmatch(r"[0-9]{1,9}", text) or not 1 <= int(text) <= LIMIT_MOST:
        raise InvalidParameter(f"limit is a number from 1 to {LIMIT_MOST}.", pointer="?limit")
    return int(text)


def ordering_of(given: Mapping[str, str], *, allowed: Collection[str], default: str) -> str:
    """`?ordering=`, one of the allowed fields, `-` before it for descending. InvalidParameter."""
    ordering = given.get("ordering", default)
    if ordering.removeprefix("-") not in allowed:
        raise InvalidParameter(f"ordering is one of {', '.join(allowed)}.", pointer="?ordering")
    return ordering


def _read(cursor: str, salt: str) -> Place:
    try:
        return Place(*signing.loads(cursor, salt=salt))
    except (signing.BadSignature, TypeError, ValueError):
        raise InvalidParameter("This cursor is not of this list.", pointer="?cursor") from None


def _order(model: type[Model], field: str, *, descending: bool, back: bool) -> tuple[Any, Any]:
    """Going back, everything is the other way round, the nulls too; only a nullable field says where they go, so that
    a plain index serves the others."""
    nulls = {"nulls_first" if back else "nulls_last": True} if _is_nullable(model, field) else {}
    if descending:
        return F(field).desc(**nulls), F("id").desc()
    return F(field).asc(**nulls), F("id").asc()


def _beyond(model: type[Model], field: str, place: Place, *, descending: bool, back: bool) -> Q:
    after = "lt" if descending else "gt"
    tie, null = Q(**{f"id__{after}": place.id}), Q(**{f"{field}__isnull": True})
    if place.value is None:
        return (null & tie) | ~null if back else null & tie
    value = model._meta.get_field(field).to_python(place.value)  # type: ignore[union-attr]
    beyond = Q(**{f"{field}__{after}": value}) | (Q(**{field: value}) & tie)
    return beyond | null if _is_nullable(model, field) and not back else beyond


def _is_nullable(model: type[Model], field: str) -> bool:
    return bool(model._meta.get_field(field).null)


def _text(row: Model, field: str) -> str | None:
    value = getattr(row, field)
    return None if value is None else row._meta.get_field(field).value_to_string(row)  # type: ignore[union-attr]
