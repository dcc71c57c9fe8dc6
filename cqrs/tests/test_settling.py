"""DynamoDB Local answers a transaction before it has written it down: it counts once one of its items was read back."""

import pytest
from pytest_django import Settings

from cqrs.domain import Unavailable
from cqrs.dynamodb.client import is_embedded
from cqrs.dynamodb.store import DynamoStore
from cqrs.log import Log
from cqrs.tests.conftest import ORIGIN
from cqrs.tests.proxy import Fate
from cqrs.tests.shop import SHELF, adjust
from cqrs.tests.stand_in import StandIn, error, text
from cqrs.writer import Once, Writer

FORGOTTEN = {
    "nobody says": Fate(is_lost=True),
    "it is not there": text(200, b"{}"),
    "nobody may say": error("ExpiredTokenException"),
}


@pytest.fixture
def writer(tenant: str, dynamo: DynamoStore) -> Writer:
    return Writer(Log(dynamo, tenant), ORIGIN)


@pytest.mark.parametrize("fate", FORGOTTEN.values(), ids=FORGOTTEN.keys())
def test_what_was_answered_and_may_be_forgotten_is_sent_again(writer: Writer, stand_in: StandIn, fate: Fate) -> None:
    """Its token outlives the kill, in the same file; and where it did not, its own condition finds it."""
    writer.send(SHELF.create(sku="pear"))
    stand_in.answer(Fate(), Fate(), Fate(), fate)  # the receipt, the head and the transaction before
    writer.send(SHELF.ref("SHELF#pear").ask(adjust, quantity=9), once=Once("k", "d"))
    assert stand_in.asked == ["GetItem", "Query", *["TransactWriteItems", "GetItem"] * 2]
    assert writer.log.store.counter(f"STOCK#{writer.log.tenant}", "pear")["on_hand"] == 9


@pytest.mark.usefixtures("soon")
def test_what_nobody_reads_back_is_unknown(writer: Writer, stand_in: StandIn) -> None:
    writer.send(SHELF.create(sku="pear"))
    stand_in.answer(Fate(), Fate(), Fate(), then=error("ExpiredTokenException"))
    with pytest.raises(Unavailable) as refused:
        writer.send(SHELF.ref("SHELF#pear").ask(adjust, quantity=9), once=Once("k", "d"))
    assert refused.value.code == "unknown"
    stand_in.answer()
    again = writer.send(SHELF.ref("SHELF#pear").ask(adjust, quantity=9), once=Once("k", "d"))
    assert (again.replayed, again.version.version) == (200, 2)


@pytest.mark.parametrize(
    ("endpoint", "pays"),
    [
        (None, False),
        ("https://dynamodb.eu-central-1.amazonaws.com", False),
        ("https://vpce-1-abc.dynamodb.us-east-1.vpce.amazonaws.com", False),
        ("https://dynamodb.cn-north-1.amazonaws.com.cn", False),
        ("https://dynamodb.us-east-1.api.aws", False),
        ("http://127.0.0.1:8053", True),
        ("http://dynamodb:8000", True),
        ("http://amazonaws.com.example:8000", True),
    ],
)
def test_only_what_is_none_of_amazons_pays_for_the_read(
    settings: Settings, endpoint: str | None, pays: bool
) -> None:  # a case's second half
    settings.DYNAMODB = settings.DYNAMODB | {"endpoint": endpoint}
    assert is_embedded() is pays
