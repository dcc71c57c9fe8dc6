"""The stores that every kernel test runs against, and a tenant nobody else uses."""

import uuid
from collections.abc import Iterator

import pytest
from django.conf import settings

from cqrs.decide import Origin
from cqrs.domain import Actor
from cqrs.dynamodb import requests
from cqrs.dynamodb.store import DynamoStore
from cqrs.dynamodb.tables import create_tables
from cqrs.log import Log
from cqrs.store import MemoryStore, Store
from cqrs.stream.leases import Leases
from cqrs.stream.models import Shard
from cqrs.tests.kept import ROOT, Kept, in_memory, in_postgres
from cqrs.tests.place import Place, place_with_todos
from cqrs.tests.stand_in import StandIn, standing_in
from cqrs.writer import Writer

ORIGIN = Origin(Actor("user:1"), request_id="r-1", source="test")


@pytest.fixture(scope="session")
def dynamo() -> DynamoStore:
    create_tables()
    return DynamoStore()


@pytest.fixture(params=["memory", "dynamodb"])
def store(request: pytest.FixtureRequest) -> Store:
    if request.param == "memory":
        return MemoryStore()
    found: DynamoStore = request.getfixturevalue("dynamo")
    return found


@pytest.fixture(scope="module")
def between(dynamo: DynamoStore) -> Iterator[StandIn]:
    """A stand-in through which this process reaches DynamoDB, for one file."""
    with standing_in(settings.DYNAMODB["endpoint"]) as found:
        yield found


@pytest.fixture
def stand_in(between: StandIn) -> Iterator[StandIn]:
    """The stand-in; honest before and after each test."""
    yield between
    between.answer()


@pytest.fixture
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """A request is sent once, and then given up."""
    monkeypatch.setattr(requests, "DECIDE_TIMEOUT", 0.2)


@pytest.fixture
def tenant() -> str:
    return f"t{uuid.uuid4().hex[:12]}"


@pytest.fixture
def writer(store: Store, tenant: str) -> Writer:
    return Writer(Log(store, tenant), ORIGIN)


@pytest.fixture(scope="module")
def place(tenants: object, dynamo: DynamoStore) -> Iterator[Place]:
    """A tenant of this file's own."""
    yield from place_with_todos(dynamo)


@pytest.fixture(params=["memory", "postgres"])
def kept(request: pytest.FixtureRequest) -> Iterator[Kept]:
    if request.param == "memory":
        yield in_memory()
    else:
        request.getfixturevalue("acme")
        Shard.objects.all().delete()
        yield in_postgres()
        Shard.objects.all().delete()


@pytest.fixture
def me(kept: Kept) -> Leases:
    """Leases with one shard, after whose first registration the table has been read."""
    me = kept.by("me")
    me.register([ROOT])
    for _ in range(4):
        lease = me.claim(but=[ROOT.id])
        assert lease
        me.close(lease)
    return me
