"""What of a journal concerns a handler."""

from collections import ChainMap, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import structlog
from django.db import DatabaseError, connection, transaction
from django.db.models import F
from django_tenants.utils import schema_context
from psycopg import sql

from cqrs.models import JournalLine
from cqrs.projector.lines import COLUMNS, fact_of
from cqrs.projector.schemas import schema_of
from cqrs.projector.tables import table_of
from cqrs.reactions.cursors import Behind
from cqrs.reactions.handlers import since
from cqrs.reactions.leases import Lease
from cqrs.reactions.registry import REACTIONS
from cqrs.store import Fact

WINDOW = 10_000
"""Lines of a journal looked through at once."""

PAGE = 100
"""Lines read at once."""

type Newest = Mapping[tuple[str, str, str], int]
"""By tenant, entity type and fact, the newest position of its kind."""

_FIELDS = [name for name in COLUMNS if name != "tenant_code"]

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Line:
    """A fact, and its position in the journal."""

    position: int
    fact: Fact


def apart(found: Iterable[Behind]) -> tuple[list[Behind], list[Behind]]:
    """Those that have something to handle, and those that may be passed by. What is far behind has to look for itself;
    a tenant whose journal cannot be read now is in neither."""
    found = [each for each in found if schema_of(each.tenant)]
    near = [each for each in found if each.head - each.position <= WINDOW]
    newest = _newest(_spans(near)) if near else {}
    read = {tenant for tenant, _, _ in newest}
    wanted = [each for each in found if each not in near or _is_wanted(each, newest)]
    return wanted, [each for each in near if each.tenant in read and not _is_wanted(each, newest)]


def read(lease: Lease) -> tuple[list[Line], int]:
    """The next lines for a handler, and the position up to which there are no others."""
    reaction, upto = REACTIONS[lease.handler], min(lease.head, lease.position + WINDOW)
    with schema_context(schema_of(lease.tenant)):
        wanted = JournalLine.objects.filter(position__gt=lease.position, position__lte=upto)
        wanted = wanted.filter(type=reaction.entity.type, fact__in=reaction.facts)
        if bounds := [at for at in (since(lease.handler), lease.since) if at]:
            wanted = wanted.filter(at__gt=max(bounds))
        columns = wanted.order_by("position").values("position", *_FIELDS, tenant_code=F("tenant_id"))
        lines = [Line(each["position"], fact_of(each)) for each in columns[:PAGE]]
    return lines, lines[-1].position if len(lines) == PAGE else upto


def _is_wanted(each: Behind, newest: Newest) -> bool:
    reaction = REACTIONS[each.handler]
    return any(newest.get((each.tenant, reaction.entity.type, fact), 0) > each.position for fact in reaction.facts)


def _spans(near: Iterable[Behind]) -> dict[str, tuple[int, int]]:
    """From where to where each tenant's journal is looked through."""
    by_tenant: defaultdict[str, list[Behind]] = defaultdict(list)
    for each in near:
        by_tenant[each.tenant].append(each)
    return {tenant: (min(e.position for e in all), max(e.head for e in all)) for tenant, all in by_tenant.items()}


def _newest(spans: Mapping[str, tuple[int, int]]) -> Newest:
    """A tenant whose schema is locked, or is not ready, hinders no other."""
    try:
        return {(tenant, type, fact): position for tenant, type, fact, position in _asked(spans)}
    except DatabaseError as error:
        if len(spans) > 1:
            return dict(ChainMap(*(dict(_newest({tenant: span})) for tenant, span in spans.items())))
        _log.warning("journal not readable, looking again", tenants=list(spans), error=str(error))
        return {}


def _asked(spans: Mapping[str, tuple[int, int]]) -> list[Any]:
    newest = "SELECT %s, type, fact, max(position) FROM {} WHERE position > %s AND position <= %s GROUP BY type, fact"
    each = [sql.SQL(newest).format(table_of(schema_of(tenant) or "", JournalLine)) for tenant in spans]
    values = [value for tenant, (after, upto) in spans.items() for value in (tenant, after, upto)]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL lock_timeout = '200ms'")
        cursor.execute(sql.SQL(" UNION ALL ").join(each), values)
        rows: list[Any] = cursor.fetchall()
        return rows
