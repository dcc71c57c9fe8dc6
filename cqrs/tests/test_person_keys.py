"""Keys in Postgres: one a person, wrapped, kept whatever becomes of the transaction they were made in; gone everywhere
within seconds once they are destroyed."""

import time
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress

import pytest
from cryptography.exceptions import InvalidTag
from django.db import connection, transaction
from psycopg_pool import PoolTimeout

from cqrs.personal.models import PersonKey
from cqrs.personal.postgres import PostgresKeys

pytestmark = pytest.mark.usefixtures("tenants")


@pytest.fixture
def keys() -> PostgresKeys:
    return PostgresKeys("a master key")


@pytest.fixture
def tenant() -> str:
    return f"k{uuid.uuid4().hex[:10]}"


def test_another_process_opens_what_one_has_sealed(keys: PostgresKeys, tenant: str) -> None:
    sealer = keys.sealer(tenant, "user:7")
    assert sealer.cipher is not None
    text = sealer.cipher.encrypt(b"secret", [b"here"])
    other = PostgresKeys("a master key").openers([sealer.id])[sealer.id]
    assert other.cipher is not None
    assert other.cipher.decrypt(text, [b"here"]) == b"secret"


def test_of_many_who_make_a_key_at_once_all_have_the_same(tenant: str) -> None:
    def make(_: int) -> str:
        try:
            return PostgresKeys("a master key").sealer(tenant, "user:7").id
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(make, range(8)))) == 1


def test_who_holds_the_last_connection_waits_for_no_other(keys: PostgresKeys, tenant: str) -> None:
    made = PostgresKeys("a master key").sealer(tenant, "user:7")
    with transaction.atomic(), _no_more_connections():
        assert keys.sealer(tenant, "user:7").id == made.id
        keys.forget()
        assert keys.openers([made.id])[made.id].cipher
    with connection.cursor(), _no_more_connections():
        assert keys.sealer(tenant, "user:8").cipher


def test_a_key_outlives_the_transaction_it_was_made_in(keys: PostgresKeys, tenant: str) -> None:
    with transaction.atomic():
        id = keys.sealer(tenant, "user:7").id
        transaction.set_rollback(True)
    assert PersonKey.objects.get(tenant_code=tenant).pk == id


def test_a_destroyed_key_is_heard_of_elsewhere_in_time_and_never_made_again(keys: PostgresKeys, tenant: str) -> None:
    other = PostgresKeys("a master key", remembered_for=0.2)
    sealer = other.sealer(tenant, "user:7")
    assert keys.erase(tenant, ["user:7", "staff:7"]) == 1
    deadline = time.monotonic() + 5
    while other.openers([sealer.id])[sealer.id].cipher is not None:
        assert time.monotonic() < deadline
        time.sleep(0.02)
    for person in ("user:7", "staff:7"):
        assert other.sealer(tenant, person).cipher is None
    assert keys.erase(tenant, ["user:7"]) == 0
    assert set(PersonKey.objects.filter(tenant_code=tenant).values_list("wrapped", flat=True)) == {None}


def test_a_wrapped_key_opens_under_its_master_key_and_in_its_own_line_only(keys: PostgresKeys, tenant: str) -> None:
    one, other = (keys.sealer(tenant, person).id for person in ("user:7", "user:8"))
    with pytest.raises(InvalidTag):
        PostgresKeys("another").openers([one])
    PersonKey.objects.filter(pk=other).update(wrapped=PersonKey.objects.get(pk=one).wrapped)
    keys.forget()
    with pytest.raises(InvalidTag):
        keys.openers([other])
    PersonKey.objects.filter(tenant_code=tenant).delete()


@contextmanager
def _no_more_connections() -> Iterator[None]:
    """The pool has none left but those that somebody holds."""
    pool = connection.pool  # type: ignore[attr-defined]  # of Postgres alone
    taken = []
    with suppress(PoolTimeout):
        while True:
            taken.append(pool.getconn(timeout=0.05))
    try:
        yield
    finally:
        for each in taken:
            pool.putconn(each)
