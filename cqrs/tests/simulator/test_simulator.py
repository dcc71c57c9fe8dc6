"""Whatever the stream does and whoever dies: nothing is lost, nothing is shown twice, nothing goes back."""

from collections.abc import Iterator
from functools import partial
from random import Random
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from structlog.testing import capture_logs

from cqrs.stream.models import Parked, Shard
from cqrs.tests.simulator.settle import settle
from cqrs.tests.simulator.stage import InPostgres
from cqrs.tests.simulator.world import World

SEEDS, STEPS = 500, 300
SEEDS_REAL, STEPS_REAL = 20, 60


@pytest.fixture(autouse=True, scope="module")
def _quiet() -> Iterator[None]:
    """Lost leases and trimmed streams are what these worlds are made of."""
    with capture_logs():
        yield


@settings(max_examples=SEEDS, deadline=None, suppress_health_check=list(HealthCheck), print_blob=True)
@given(seed=st.integers(0, 2**32), actions=st.binary(min_size=STEPS, max_size=STEPS), killers=st.integers(0, 2))
def test_nothing_is_lost_doubled_or_goes_back(seed: int, actions: bytes, killers: int) -> None:
    _live(World(seed, killers=killers), actions)


@pytest.mark.parametrize(
    "seed",
    [
        pytest.param(26, id="trimmed while it was read from its beginning: not its end"),
        pytest.param(172, id="a shard vanished between two that are known"),
        pytest.param(323, id="two that kill, on one page"),
        pytest.param(1351, id="slept for two days after an empty look, then said that it had just looked"),
    ],
)
def test_what_was_wrong_once_stays_right(seed: int) -> None:
    _live(World(seed, killers=seed % 3), Random(seed).randbytes(STEPS))


@pytest.mark.parametrize("seed", range(SEEDS_REAL))
def test_leases_and_projector_in_postgres_do_what_those_in_memory_do(shards: None, seed: int) -> None:
    prefix = f"{uuid4().hex[:8]}-"
    world = World(seed, killers=seed % 3, prefix=prefix, stage=partial(InPostgres, prefix=prefix))
    try:
        _live(world, Random(seed).randbytes(STEPS_REAL))
    finally:
        Parked.objects.filter(entity_id__contains=prefix).delete()


@pytest.fixture
def shards(tenants: object) -> Iterator[None]:
    """The table of shards for this test alone."""
    Shard.objects.all().delete()
    yield
    Shard.objects.all().delete()


def _live(world: World, actions: bytes) -> None:
    for code in actions:
        world.act(code)
    settle(world)
