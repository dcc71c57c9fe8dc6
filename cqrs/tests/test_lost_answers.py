"""Lost answers: what happened is found out, and nothing happens twice."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import pytest
from botocore.awsrequest import AWSResponse, HTTPHeaders
from pytest_django import Settings

from cqrs.domain import Busy, Conflict, Unavailable
from cqrs.dynamodb import client as clients
from cqrs.dynamodb import requests
from cqrs.dynamodb.store import DynamoStore
from cqrs.log import Log
from cqrs.tests.conftest import ORIGIN
from cqrs.tests.proxy import Lose, losing
from cqrs.tests.toy import LAMP, count, relabel
from cqrs.writer import Once, Writer

type Losing = Callable[[Lose], AbstractContextManager[None]]


@pytest.fixture
def through(settings: Settings, dynamo: DynamoStore) -> Losing:
    """Within it, DynamoDB is reached through the losing proxy."""

    @contextmanager
    def reached(lose: Lose) -> Iterator[None]:
        direct = settings.DYNAMODB
        with losing(direct["endpoint"], lose) as address:
            settings.DYNAMODB = direct | {"endpoint": address}
            clients.dynamodb.cache_clear()
            try:
                yield
            finally:
                settings.DYNAMODB = direct
                clients.dynamodb.cache_clear()

    return reached


@pytest.fixture
def writer(tenant: str, dynamo: DynamoStore) -> Writer:
    return Writer(Log(dynamo, tenant), ORIGIN)


def first(operation: str, times: int = 1) -> Lose:
    """Loses the first answers to an operation."""
    seen: Counter[str] = Counter()

    def lose(asked: str) -> bool:
        seen[asked] += 1
        return asked == operation and seen[asked] <= times

    return lose


@pytest.mark.parametrize("times", [1, 2, 5])
def test_a_put_whose_answer_was_lost_is_a_success_and_no_conflict(writer: Writer, through: Losing, times: int) -> None:
    made = writer.send(LAMP.create(name="Desk")).version
    with through(first("PutItem", times)):
        hall = writer.send(LAMP.ref(made.sk, version=1).ask(relabel, name="Hall"))
    assert (hall.version.version, hall.changed) == (2, True)
    assert [each.version for each in writer.log.history(LAMP, made.sk)] == [1, 2]


def test_a_transaction_whose_answer_was_lost_happened_once(writer: Writer, through: Losing) -> None:
    with through(first("TransactWriteItems", 3)):
        made = writer.send(LAMP.create(name="Desk"), once=Once("k", "d")).version
    assert made.code == "L-0001"
    assert writer.send(LAMP.create(name="Next")).version.code == "L-0002"
    assert writer.send(LAMP.create(name="Desk"), once=Once("k", "d")).version.code == "L-0001"


def test_an_adding_rule_adds_once_when_every_other_answer_is_lost(writer: Writer, through: Losing) -> None:
    made = writer.send(LAMP.create(name="Desk")).version
    flip = Counter[str]()

    def lose(operation: str) -> bool:
        flip[operation] += 1
        return flip[operation] % 2 == 1

    with through(lose):
        for number in range(10):
            writer.send(LAMP.ref(made.sk).ask(count, times=1), once=Once(f"k{number}", "d"))
    assert writer.log.get(LAMP, made.sk).state.lit == 10


def test_another_writers_version_is_still_a_conflict_after_a_lost_answer(writer: Writer, through: Losing) -> None:
    made = writer.send(LAMP.create(name="Desk")).version
    writer.send(LAMP.ref(made.sk).ask(relabel, name="Hall"))
    with through(first("Query")), pytest.raises(Conflict):
        writer.send(LAMP.ref(made.sk, version=1).ask(relabel, name="Attic"))


def test_a_store_that_never_answers_is_unknown_and_the_key_tells_later(
    writer: Writer, through: Losing, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = writer.send(LAMP.create(name="Desk")).version
    monkeypatch.setattr(requests, "DECIDE_TIMEOUT", 0.2)
    command, once = LAMP.ref(made.sk, version=1).ask(count, times=1), Once("k", "d")
    with through(first("TransactWriteItems", 10**6)), pytest.raises(Unavailable):
        writer.send(command, once=once)
    again = writer.send(command, once=once)
    assert (again.replayed, again.version.state.lit) == (200, 1)


class Refusing:
    """Answers in DynamoDB's stead, before a request is sent: what a busy table or a conflicting transaction says."""

    def __init__(self, *codes: str, reasons: Sequence[str] = ()) -> None:
        self._codes, self._reasons = iter(codes), reasons

    def __call__(self, **_: object) -> tuple[AWSResponse, dict[str, object]] | None:
        if not (code := next(self._codes, "")):
            return None
        parsed: dict[str, object] = {
            "Error": {"Code": code, "Message": code},
            "ResponseMetadata": {"HTTPStatusCode": 400},
            "CancellationReasons": [{"Code": reason} for reason in self._reasons],
        }
        return AWSResponse("", 400, HTTPHeaders(), None), parsed


@contextmanager
def refusing(refuse: Refusing) -> Iterator[None]:
    """Within it, each write is refused so, for as long as there are codes."""
    events: Any = clients.dynamodb().meta.events  # typed as if no handler answered
    names = [f"before-call.dynamodb.{name}" for name in ("PutItem", "TransactWriteItems")]
    for name in names:
        events.register(name, refuse)
    try:
        yield
    finally:
        for name in names:
            events.unregister(name, refuse)


@pytest.mark.parametrize(
    "refuse",
    [
        Refusing("ThrottlingException", "ProvisionedThroughputExceededException"),
        Refusing("TransactionCanceledException", reasons=("TransactionConflict", "None")),
    ],
)
def test_what_is_busy_is_asked_again(writer: Writer, refuse: Refusing) -> None:
    with refusing(refuse):
        assert writer.send(LAMP.create(name="Desk")).version.code == "L-0001"


def test_where_every_answer_said_no_nothing_has_happened_and_the_error_says_so(
    writer: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(requests, "DECIDE_TIMEOUT", 0.2)
    always = Refusing(*["TransactionCanceledException"] * 1000, reasons=("TransactionConflict", "None"))
    with refusing(always), pytest.raises(Busy) as refused:
        writer.send(LAMP.create(name="Desk"))
    assert refused.value.code == "busy"
    assert writer.send(LAMP.create(name="Desk")).version.code == "L-0001"


def test_where_one_answer_was_lost_nobody_knows(
    writer: Writer, through: Losing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(requests, "DECIDE_TIMEOUT", 0.2)
    made = writer.send(LAMP.create(name="Desk")).version
    refuse = Refusing("", *["ThrottlingException"] * 1000)
    with through(first("PutItem")), refusing(refuse), pytest.raises(Unavailable) as refused:
        writer.send(LAMP.ref(made.sk).ask(relabel, name="Hall"))
    assert refused.value.code == "unknown"
    assert writer.log.get(LAMP, made.sk).version == 2
