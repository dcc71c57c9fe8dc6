"""What must be true whatever broke: the log against the read side, and both against what clients were told.

Pure: it compares what was read from outside, and asks nothing of the kernel. A difference is one line of text.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import pairwise
from typing import Any, cast

from chaos.clients import Told
from chaos.evidence import Evidence, Number, Record
from cqrs.store import Fact

SIGNS = {"ARTICLE": 1, "PURCHASE": -1}
"""Whether units of a type come in or go out."""

AS_TOLD = {"entity_id": "id", "attributes": "state"}
"""Columns of the journal that a fact calls otherwise."""


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
        own = {name: value for name, value in head.state.items() if name in row}
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


def told_the_truth(evidence: Evidence, told: Iterable[Told]) -> Iterator[str]:
    """What was acknowledged is in the log once, as told; what was refused is not; what is unknown is, at most once."""
    written: defaultdict[str, list[Fact]] = defaultdict(list)
    for facts in evidence.facts.values():
        for fact in facts:
            written[fact.request_id].append(fact)
    for each in told:
        found = [(fact.id, fact.version) for fact in written[each.order.name]]
        if each.is_done and found != [(each.entity, each.version)]:
            yield f"{each.order.name} was told {each.entity}@{each.version}, the log has {found}"
        elif each.is_unknown and len(found) > 1:
            yield f"{each.order.name} was told nothing, the log has {found}"
        elif not each.is_done and not each.is_unknown and found:
            yield f"{each.order.name} was refused ({each.status} {each.answer.get('code')}), the log has {found}"


def no_defect(told: Iterable[Told]) -> Iterator[str]:
    """Nobody was answered with a 500."""
    yield from (f"{each.order.name}: {each.answer}" for each in told if any(one.status == 500 for one in each.tries))


def one_winner(told: Iterable[Told]) -> Iterator[str]:
    """No version was given to two commands."""
    winners = Counter((each.entity, each.version) for each in told if each.is_done)
    yield from (f"{id}@{version} was told to {count}" for (id, version), count in winners.items() if count > 1)


def in_real_time(told: Iterable[Told]) -> Iterator[str]:
    """Of one entity: whoever asked after another had been answered has the higher version."""
    by_entity: defaultdict[str, list[Told]] = defaultdict(list)
    for each in told:
        if each.is_done:
            by_entity[each.entity].append(each)
    for id, answered in by_entity.items():
        ended = sorted(answered, key=lambda each: each.ended)
        newest, at = 0, 0
        for each in sorted(answered, key=lambda each: each.begun):
            while at < len(ended) and ended[at].ended <= each.begun:
                newest, at = max(newest, ended[at].version), at + 1
            if each.version <= newest:
                yield f"{id}: {each.order.name} got {each.version} after {newest} had been answered"


def no_false_conflict(evidence: Evidence, told: Iterable[Told]) -> Iterator[str]:
    """Whoever was told of a conflict had stated a version that was not the newest any more."""
    heads = {facts[-1].code: facts[-1].version for facts in evidence.facts.values()}
    for each in told:
        if each.status in (409, 412) and each.order.stated is not None:
            newest = heads.get(each.order.path.split("/")[1], 0)
            if not each.order.stated < int(each.answer["current_version"]) <= newest:
                yield f"{each.order.name} stated {each.order.stated}, was told {each.answer}, the newest is {newest}"


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
