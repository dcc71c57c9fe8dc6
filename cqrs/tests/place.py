"""A tenant that no other test file uses, with todos, shelves and baskets: to be verified, rebuilt, looked back at."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.core.management import call_command
from django.db import connection
from django_tenants.utils import schema_context

from cqrs.decide import Origin
from cqrs.domain import Actor
from cqrs.dynamodb.store import DynamoStore
from cqrs.dynamodb.stream import DynamoSource
from cqrs.log import Log
from cqrs.projections import PROJECTIONS, journals
from cqrs.tests.shop import BASKET, PLAN, SHELF, WARE, adjust
from cqrs.verify import Difference, Kind, verify
from cqrs.writer import Writer
from tenants.provisioning import provision
from todos.domain import TODO, edit

SHOP = (WARE, SHELF, BASKET, PLAN)
TABLES = ("journal", "todo", "ledger", "total")


@dataclass(frozen=True, slots=True)
class Place:
    """A tenant, and what can be done in it."""

    code: str
    schema: str
    writer: Writer
    store: DynamoStore

    def todo(self, *names: str) -> str:
        """A todo that had these names; its sort key."""
        first, *others = names
        sk = self.writer.send(TODO.create(name=first)).version.sk
        for name in others:
            self.writer.send(TODO.ref(sk).ask(edit, name=name))
        return sk

    def id(self, sk: str) -> str:
        return self.writer.log.id(TODO, sk)

    def stock(self, sku: str, quantity: int) -> None:
        """A ware with so much of it on its shelf."""
        self.writer.send(WARE.create(sku=sku), SHELF.ref(SHELF.sk_of(sku)).ask(adjust, quantity=quantity))

    def drain(self) -> None:
        call_command("drain", verbosity=0)

    def sql(self, statement: str, *values: object) -> None:
        """Do something to its schema behind everybody's back."""
        with schema_context(self.schema), connection.cursor() as cursor:
            cursor.execute(statement, list(values))  # type: ignore[arg-type]

    @contextmanager
    def restored(self) -> Iterator[None]:
        """Whatever is done to its tables meanwhile is undone."""
        for table in TABLES:
            self.sql(f"CREATE TABLE kept_{table} AS TABLE {table}")
        try:
            yield
        finally:
            for table in TABLES:
                self.sql(f"TRUNCATE {table}")
                self.sql(f"INSERT INTO {table} SELECT * FROM kept_{table}")
                self.sql(f"DROP TABLE kept_{table}")

    def verify(self, *, sample: int | None = None, wait: float = 0) -> list[Difference]:
        """What is different; at one look, unless somebody writes."""
        with own_projections():
            found = verify([self.code], source=DynamoSource(), store=self.store, sample=sample, wait=wait)
            return list(found)

    def kinds(self) -> list[Kind]:
        return [each.kind for each in self.verify()]


def place_with_todos(store: DynamoStore) -> Iterator[Place]:
    """The tenant, with three todos and a shop, all of it shown; what it registers goes with it."""
    code = f"p{uuid.uuid4().hex[:10]}"
    for entity in SHOP:
        journals(entity)
    schema = provision(code, name=code, owner_email=f"owner@{code}.example").schema_name
    place = Place(code, schema, Writer(Log(store, code), Origin(Actor("user:1"))), store)
    for names in (("milk", "oat milk", "rice milk"), ("bread",), ("salt", "pepper")):
        place.todo(*names)
    for sku, quantity in (("apple", 10), ("pear", 5)):
        place.stock(sku, quantity)
    for lines in ((("apple", 2), ("pear", 1)), (("apple", 1),)):
        place.writer.send(BASKET.create(lines=lines))
    place.todo("last")
    place.drain()
    yield place
    for entity in SHOP:
        PROJECTIONS.pop(entity.type, None)


@contextmanager
def own_projections() -> Iterator[None]:
    """Without the entities of other test files, whose tables only their own tenants have."""
    foreign = {type: each for type, each in PROJECTIONS.items() if each.model and "tests" in each.model.__module__}
    for type in foreign:
        del PROJECTIONS[type]
    try:
        yield
    finally:
        PROJECTIONS.update(foreign)
