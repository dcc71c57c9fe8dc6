"""Reading and keeping what tenants set: asked of Postgres once in a few seconds, for every command may want to know."""

import time
from collections.abc import Mapping
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from django_tenants.utils import get_tenant_model, schema_context

from cqrs.domain import Rotation
from cqrs.numbering.models import FIELDS, SequenceSetting
from cqrs.projector.schemas import schema_of
from cqrs.sequences import Numbering

REMEMBERED_FOR = 3.0
"""Seconds for which another process may still number as it was set before."""


def numbering_of(tenant: str) -> Numbering:
    """How a tenant numbers, as it was a few seconds ago at most; whatever schema is current."""
    return _remembered(tenant, int(time.monotonic() / REMEMBERED_FOR))


def keep(tenant: str, type: str, settings: Mapping[str, Any], *, by: str) -> None:
    """Number entities of this type so from now on. `settings` are all of FIELDS."""
    with schema_context(schema_of(tenant)):
        values = {**settings, "tenant_id": tenant, "changed_by": by}
        SequenceSetting.objects.update_or_create(type=type, defaults=values)
    forget()


def forget() -> None:
    """Ask Postgres again."""
    _remembered.cache_clear()


@lru_cache(maxsize=1024)
def _remembered(tenant: str, _moment: int) -> Numbering:
    zone = get_tenant_model().objects.values_list("time_zone", flat=True).get(code=tenant)
    with schema_context(schema_of(tenant)):
        rows = list(SequenceSetting.objects.values("type", *FIELDS))
    own = {row.pop("type"): {**row, "rotation": Rotation(row["rotation"])} for row in rows}
    return Numbering(ZoneInfo(zone), own)
