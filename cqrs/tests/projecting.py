"""A process that projects: what `test_journal` starts eight of."""

from collections.abc import Sequence
from multiprocessing.synchronize import Barrier
from random import Random

from django.db import connection

from cqrs.projector import apply
from cqrs.projector.faults import is_passing
from cqrs.store import Append, Fact, MemoryStore


def project(database: str, log: Sequence[Fact], delivered: Sequence[Fact], start: Barrier, seed: int) -> None:
    """Show what was delivered, in batches of chance, on this database; `log` is where gaps are filled from. All begin
    together. A fault that passes has the batch shown again, as a follower would."""
    connection.settings_dict["NAME"] = database
    connection.close()
    store, random, rest = store_of(log), Random(seed), list(delivered)
    start.wait()
    while rest:
        size = random.randint(1, 12)
        if _is_shown(rest[:size], store):
            del rest[:size]
    connection.close()
    connection.close_pool()  # type: ignore[attr-defined]  # of Postgres alone; a process ends once its threads have


def store_of(log: Sequence[Fact]) -> MemoryStore:
    """A store that holds these facts."""
    store = MemoryStore()
    for number, fact in enumerate(log):
        store.write([Append(fact)], token=str(number))
    return store


def _is_shown(batch: Sequence[Fact], store: MemoryStore) -> bool:
    try:
        apply(batch, store=store)
    except Exception as error:
        if not is_passing(error):
            raise
        return False
    return True
