"""The log in itself, and the read side against it."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import pairwise
from typing import Any, cast

from chaos.evidence import Evidence, Number, Record
from cqrs.store import Fact

SIGNS = {"ARTICLE": 1, "PURCHASE": -1}
"""Whether units of a type come in or go out."""

AS_TOLD = {"entity_id": "id", "attributes": "state"}
"""Columns of the journal that a fact calls otherwise."""

SHAPED = {"SUBSCRIPTION"}
"""Types whose rows say the state in words of their own; the auditor makes those rows again, and compares."""


def log_is_whole(evidence: Evidence) -> Iterator[str]:
    """Every entity's versions are 1, 2, 3 …, and time never goes back in them."""
    for id, facts in evidence.facts.items():
        if [fact.version for fact in facts] != [*range(1, len(facts) + 1)]:
            yield f"{id} has the versions {[fact.version for fact in facts]}"
        yield from (
            f"{after.id}@{after.version} is before its forerunner"
            for before, after in pairwise(facts)
            if after.at < before.at
        )


def journal_is_the_log(evidence: Evidence, *, apart: Collection[str] = ()) -> Iterator[str]:
    """Each version is one line and says the same, an entity's in order; positions are 1 … n. Entities that are set
    `apart` may lack their newest lines."""
    positions = [line["position"] for line in evidence.lines]
    if positions != [*range(1, evidence.position + 1)]:
        yield f"{len(positions)} lines, {len(set(positions))} positions, and the head says {evidence.position}"
    lines: defaultdict[str, list[Record]] = defaultdict(list)
    for line in evidence.lines:
        lines[line["entity_id"]].append(line)
    yield from (f"{id} is in the journal only" for id in lines.keys() - evidence.facts.keys())
    for id, facts in evidence.facts.items():
        shown = [line["version"] for line in lines[id]]
        wanted = [fact.version for fact in facts]
        if shown != (wanted[: len(shown)] if id in apart else wanted):
            yield f"{id} has the lines {shown}, and the versions {wanted}"
        for fact, line in zip(facts, lines[id], strict=False):
            yield from _unlike(f"journal line of {id}@{fact.version}", line, fact, AS_TOLD)


def rows_are_the_newest(evidence: Evidence, *, apart: Collection[str] = ()) -> Iterator[str]:
    """Each entity's row is its newest version, and there is no other row. Nothing is said of those set `apart`."""
    yield from (f"the row {id} has no entity" for id in evidence.rows.keys() - evidence.facts.keys())
    for id, facts in evidence.facts.items():
        head = facts[-1]
        if id in apart:
            continue
        if not (row := evidence.rows.get(id)):
            yield f"{id} has no row"
            continue
        yield from _unlike(f"row {id}", row, head, {"updated_at": "at", "updated_by": "by"})
        own = {name: value for name, value in head.state.items() if name in row and head.type not in SHAPED}
        yield from (
            f"row {id}: {name} is {row[name]!r}, in the log {own[name]!r}" for name in own if row[name] != own[name]
        )


def counters_add_up(evidence: Evidence, *, apart: Collection[str] = ()) -> Iterator[str]:
    """What is available of an article is what came in less what was bought: in DynamoDB; and in Postgres, less what is
    not shown, with each balance the sum of the moves up to it."""
    yield from _differ("counter", evidence.counters, _available(evidence.facts))
    shown = {id: facts for id, facts in evidence.facts.items() if id not in apart}
    yield from _differ("total", evidence.totals, _available(shown))
    balances = Counter[Number]()
    for move in evidence.moves:
        number = (move["kind"], move["key"], move["number"])
        balances[number] += move["delta"]
        if move["balance"] != balances[number]:
            yield f"ledger line {move['position']} of {number} says {move['balance']}, the sum is {balances[number]}"
    yield from _differ("sum of the ledger", balances, evidence.totals)


def _available(facts: Mapping[str, Sequence[Fact]]) -> dict[Number, int]:
    found = Counter[Number]()
    for head in (each[-1] for each in facts.values()):
        if head.type in SIGNS and not head.is_deleted:
            units, sku = head.state["units"], head.state["sku"]
            found["STOCK", str(sku), "available"] += SIGNS[head.type] * cast(int, units)
    return found


def _differ(what: str, found: Mapping[Number, int], wanted: Mapping[Number, int]) -> Iterator[str]:
    for number in sorted({*found, *wanted}):
        if found.get(number, 0) != wanted.get(number, 0):
            yield f"{what} {number} is {found.get(number, 0)}, should be {wanted.get(number, 0)}"


def _unlike(what: str, record: Record, fact: Fact, names: Mapping[str, str]) -> Iterator[str]:
    """Columns of a record that a fact says differently."""
    for column, value in record.items():
        name = names.get(column, column)
        if hasattr(fact, name) and not _same(value, getattr(fact, name)):
            yield f"{what}: {column} is {value!r}, in the log {getattr(fact, name)!r}"


def _same(shown: Any, logged: Any) -> bool:
    return datetime.fromisoformat(shown) == logged if isinstance(logged, datetime) else bool(shown == logged)
