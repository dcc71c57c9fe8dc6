"""The truth finds what is wrong, and nothing else."""

from collections.abc import Callable, Iterable
from dataclasses import asdict, replace
from typing import Any

import pytest

from chaos import truth
from chaos.clients import Order, Told, Try
from chaos.evidence import Evidence, Record
from chaos.shop.domain import ARTICLE, PURCHASE, edit, stock
from cqrs.decide import Origin
from cqrs.domain import Actor
from cqrs.log import Log
from cqrs.store import Fact, MemoryStore
from cqrs.writer import Writer

AVAILABLE = ("STOCK", "A", "available")


@pytest.fixture
def facts() -> dict[str, list[Fact]]:
    """An article with three versions, and a purchase of one of its units."""
    log = Log(MemoryStore(), "acme")
    names = iter(["make", "edit", "stock", "buy"])

    def send(command: Any) -> str:
        origin = Origin(Actor("user:1"), request_id=next(names))
        return Writer(log, origin).send(command).version.id

    article = send(ARTICLE.create(sku="A", name="A"))
    send(ARTICLE.ref("ARTICLE#A").ask(edit, name="B"))
    send(ARTICLE.ref("ARTICLE#A").ask(stock, units=3))
    bought = send(PURCHASE.create(sku="A"))
    return {id: list(log.store.history(id)) for id in (article, bought)}


@pytest.fixture
def evidence(facts: dict[str, list[Fact]]) -> Evidence:
    """What the stores hold when all is well."""
    flat = [fact for each in facts.values() for fact in each]
    lines = [_line(fact, position) for position, fact in enumerate(flat, 1)]
    moves = [_move(3, 3, 3), _move(4, -1, 2)]
    rows = {id: _row(each[-1]) for id, each in facts.items()}
    return Evidence(facts, lines, len(lines), rows, moves, {AVAILABLE: 2}, {AVAILABLE: 2})


def differences(evidence: Evidence) -> list[str]:
    """All that the stores are found to differ in."""
    checks: Iterable[Callable[[Evidence], Iterable[str]]] = (
        truth.log_is_whole,
        truth.journal_is_the_log,
        truth.rows_are_the_newest,
        truth.counters_add_up,
    )
    return [text for check in checks for text in check(evidence)]


def test_where_all_is_well_nothing_is_found(evidence: Evidence) -> None:
    assert differences(evidence) == []


@pytest.mark.parametrize(
    ("plant", "found"),
    [
        (lambda it: replace(it, lines=it.lines[:-1]), "3 lines, 3 positions, and the head says 4"),
        (lambda it: replace(it, lines=[*it.lines[:2], it.lines[1], it.lines[3]]), "has the lines [1, 2, 2]"),
        (lambda it: replace(it, lines=[_but(it.lines[0], name="C"), *it.lines[1:]]), "name is 'C', in the log 'A'"),
        (lambda it: replace(it, rows={}), "has no row"),
        (lambda it: replace(it, rows=it.rows | {"other": {}}), "the row other has no entity"),
        (lambda it: replace(it, rows=_each(it.rows, version=2)), "version is 2, in the log 3"),
        (lambda it: replace(it, rows=_each(it.rows, units=7)), "units is 7, in the log 3"),
        (
            lambda it: replace(it, facts={id: [each[0], *each[2:]] for id, each in it.facts.items()}),
            "the versions [1, 3]",
        ),
        (lambda it: replace(it, counters={AVAILABLE: 3}), "is 3, should be 2"),
        (lambda it: replace(it, moves=[it.moves[0], _move(4, -1, 1)]), "says 1, the sum is 2"),
    ],
)
def test_a_planted_difference_is_found(evidence: Evidence, plant: Callable[[Evidence], Evidence], found: str) -> None:
    assert any(found in text for text in differences(plant(evidence)))


def test_an_acknowledged_command_that_is_not_in_the_log_is_found(evidence: Evidence) -> None:
    assert not [*truth.told_the_truth(evidence, [told("edit", 2)])]
    assert [*truth.told_the_truth(evidence, [told("lost", 2)])]
    assert [*truth.told_the_truth(evidence, [told("edit", 3)])]


def test_a_refused_command_that_is_in_the_log_is_found_and_an_unknown_one_may_be(evidence: Evidence) -> None:
    assert [*truth.told_the_truth(evidence, [told("edit", status=409)])]
    assert not [*truth.told_the_truth(evidence, [told("edit", status=503), told("lost", status=409)])]


def test_a_command_that_is_in_the_log_twice_is_found(evidence: Evidence) -> None:
    twice = {id: [replace(fact, request_id="edit") for fact in each] for id, each in evidence.facts.items()}
    assert [*truth.told_the_truth(replace(evidence, facts=twice), [told("edit", status=503)])]


def test_two_winners_and_a_version_that_comes_too_late_are_found() -> None:
    assert [*truth.one_winner([told("edit", 2), told("other", 2)])]
    early, late = told("edit", 3, at=1.0), told("other", 2, at=2.0)
    assert [*truth.in_real_time([early, late])]
    assert not [*truth.in_real_time([late, replace(early, tries=told("edit", at=1.9).tries)])]


def test_a_conflict_with_nobody_is_found(evidence: Evidence) -> None:
    assert not [*truth.no_false_conflict(evidence, [told("x", status=409, stated=2, current_version=3)])]
    assert [*truth.no_false_conflict(evidence, [told("x", status=409, stated=3, current_version=3)])]


def told(name: str, version: int = 0, *, status: int = 200, at: float = 1.0, stated: int = 1, **answer: int) -> Told:
    """What a client was told; its request took half a second."""
    order = Order(name=name, path="articles/A/edit/", body={}, stated=stated)
    tries = (Try(status=status, begun=at, ended=at + 0.5),)
    return Told(order=order, tries=tries, answer={"id": "ARTICLE~acme~ARTICLE~A", "version": version} | answer)


def _line(fact: Fact, position: int) -> Record:
    line = asdict(fact)
    times = {name: line[name].isoformat() for name in ("at", "created_at")}
    return line | times | {"position": position, "entity_id": fact.id, "attributes": line.pop("state")}


def _row(fact: Fact) -> Record:
    times = {"created_at": fact.created_at.isoformat(), "updated_at": fact.at.isoformat()}
    return {"id": fact.id, "version": fact.version, "code": fact.code, "updated_by": fact.by} | times | dict(fact.state)


def _move(position: int, delta: int, balance: int) -> Record:
    kind, key, number = AVAILABLE
    return {"position": position, "kind": kind, "key": key, "number": number, "delta": delta, "balance": balance}


def _but(record: Record, **changes: object) -> Record:
    return {**record, **changes}


def _each(rows: Any, **changes: object) -> dict[str, Record]:
    return {id: _but(row, **changes) for id, row in rows.items()}
