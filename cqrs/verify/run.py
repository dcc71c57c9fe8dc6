"""A whole verification, one part after the other."""

import random
from collections.abc import Container, Iterator, Sequence
from functools import partial
from itertools import islice

from django.db.models import Sum

from cqrs.domain import Counter
from cqrs.progress import Tell, silent
from cqrs.projector.schemas import schema_of
from cqrs.store import Fact, Store
from cqrs.stream.models import JournalHead, Parked
from cqrs.stream.source import Source
from cqrs.verify.counters import Counters
from cqrs.verify.differences import Difference, Kind
from cqrs.verify.entities import due, look, suspects
from cqrs.verify.journal import journal_differences
from cqrs.verify.ledger import ledger_differences
from cqrs.verify.numbers import number_differences
from cqrs.verify.patience import Patience
from cqrs.verify.survey import Survey

SEGMENTS = 4
"""Into how many segments the log is cut, one read after the other."""

SAMPLED = 64
"""Into how many segments it is cut for a sample; as many as needed are read, in any order."""

WAIT = 10.0
"""Seconds within which the stream should be read as far as the log was surveyed."""


def verify(
    tenants: Sequence[str] = (),
    *,
    source: Source,
    store: Store,
    sample: int | None = None,
    wait: float = WAIT,
    tell: Tell = silent,
) -> Iterator[Difference]:
    """What is different in these tenants, in all where none is named; of so many entities only where a sample is asked
    for. What is parked, held or discarded comes first."""
    schemas, patience = _schemas(tenants), Patience(wait)
    yield from _set_apart(tenants)
    with Survey(schemas, is_open=not tenants) as survey:
        if sample is None:
            _survey(survey, source, tell)
        else:
            _sample(survey, source, schemas, sample)
        for tenant, ids in survey.suspects():
            for each in suspects(ids, tenant=tenant, schema=schemas[tenant]):
                yield from patience.look(partial(look, each, store=store, due=due(each, store=store)))
    if sample is None:
        for number, (tenant, schema) in enumerate(schemas.items()):
            tell("journals, ledgers, counters", number, len(schemas))
            if schema:
                yield from _tenant(tenant, schema, store, patience)


def _schemas(tenants: Sequence[str]) -> dict[str, str | None]:
    return {code: schema_of(code) for code in tenants or JournalHead.objects.values_list("tenant_code", flat=True)}


def _set_apart(tenants: Sequence[str]) -> Iterator[Difference]:
    apart = Parked.objects.filter(tenant_code__in=tenants) if tenants else Parked.objects.all()
    for each in apart.order_by("entity_id").iterator():
        found = each.error
        if each.state == Parked.State.DISCARDED:
            found = f"discarded by {each.decided_by}: {each.reason}"
        yield Difference(Kind(each.state), each.tenant_code, each.entity_id, each.version, "to be shown", found)


def _survey(survey: Survey, source: Source, tell: Tell) -> None:
    about, done = JournalHead.objects.aggregate(all=Sum("position"))["all"] or 0, 0
    for number in range(SEGMENTS):
        for facts in _pages(source, f"{number}/{SEGMENTS}"):
            survey.page(facts)
            done += len(facts)
            tell("the log", done, max(about, done))
    survey.finish()


def _sample(survey: Survey, source: Source, tenants: Container[str], size: int) -> None:
    """Whole entities: a page may hold some of the versions only."""
    found = set[str]()
    for number in random.sample(range(SAMPLED), SAMPLED):
        for facts in _pages(source, f"{number}/{SAMPLED}"):
            theirs = {fact.id: fact.tenant_code for fact in facts if fact.tenant_code in tenants}
            for id, tenant in islice(theirs.items(), size - len(found)):
                survey.suspect(tenant, [id])
            found |= {*islice(theirs, size - len(found))}
            if len(found) >= size:
                return


def _pages(source: Source, segment: str) -> Iterator[Sequence[Fact]]:
    page = source.segment(segment, after="")
    yield page.facts
    while page.iterator is not None:
        page = source.segment(segment, after=page.last or "")
        yield page.facts


def _tenant(tenant: str, schema: str, store: Store, patience: Patience) -> Iterator[Difference]:
    yield from journal_differences(tenant, schema=schema)
    kinds, head = dict[str, Counter](), JournalHead.objects.filter(tenant_code=tenant).first()
    for found in ledger_differences(tenant, schema=schema, upto=head.position if head else 0):
        if isinstance(found, Counter):
            kinds[found.kind] = found
        else:
            yield found
    yield from Counters(tenant, schema, kinds, store).differences(patience)
    yield from number_differences(tenant, schema=schema, store=store, patience=patience)
