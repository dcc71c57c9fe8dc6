"""The movements of a product's stock: the kernel's ledger, each line naming the order or adjustment behind it; and
what they had come to at a version or a time."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from itertools import groupby
from typing import Any

from cqrs.domain import Version
from cqrs.ledgers import ledger_of, totals_as_of, totals_at
from cqrs.models import JournalLine, LedgerLine
from face.ids import public_id
from orders.domain import UNITS, Stock


def numbers_at(stock: Version[Stock]) -> Mapping[str, int]:
    """The numbers right after this version; of one that the journal does not tell of yet, by the time it was made."""
    line = JournalLine.objects.filter(entity_id=stock.id, version=stock.version).values_list("position", flat=True)
    position = line.first()
    return numbers_as_of(stock.code, stock.at) if position is None else totals_at(UNITS, stock.code, position=position)


def numbers_as_of(sku: str, at: datetime) -> Mapping[str, int]:
    """The numbers at a time, as far as the ledger tells of it."""
    return totals_as_of(UNITS, sku, at=at)


def movements(sku: str, *, below: int | None, limit: int) -> tuple[list[dict[str, Any]], int | None]:
    """The newest movements at journal positions under `below`, and the position to go on below; None at the end.

    Each is one fact: `{"position", "at", "by", "fact", "id", "code", "version", "reason", "reference", "numbers":
    {number: {"delta", "balance"}}}`.
    """
    lines = ledger_of(UNITS, sku)
    found = lines if below is None else lines.filter(position__lt=below)
    positions = list(found.values_list("position", flat=True).order_by("-position").distinct()[: limit + 1])
    wanted = positions[:limit]
    told = JournalLine.objects.in_bulk(wanted)
    by_position = groupby(lines.filter(position__in=wanted), key=lambda line: line.position)
    results = [_told(told[position], list(moves)) for position, moves in by_position]
    return results, wanted[-1] if len(positions) > limit else None


def _told(fact: JournalLine, moves: Sequence[LedgerLine]) -> dict[str, Any]:
    last = fact.attributes.get("last") or {} if fact.fact == "adjusted" else {}
    return {
        "position": fact.position,
        "at": fact.at,
        "by": fact.by,
        "fact": f"{fact.type.lower()}.{fact.fact}",
        "id": public_id(fact.entity_id),
        "code": fact.code,
        "version": fact.version,
        "reason": last.get("reason", ""),
        "reference": last.get("reference", ""),
        "numbers": _numbers(moves),
    }


def _numbers(moves: Iterable[LedgerLine]) -> dict[str, dict[str, int]]:
    return {move.number: {"delta": move.delta, "balance": move.balance} for move in moves}
