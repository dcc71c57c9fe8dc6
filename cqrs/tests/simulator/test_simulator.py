"""Whatever the stream does and whoever dies: nothing is lost, nothing is shown twice, nothing goes back."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cqrs.tests.simulator.settle import settle
from cqrs.tests.simulator.world import World

STEPS = 300


def run(seed: int, actions: bytes, *, killers: int) -> World:
    world = World(seed, killers=killers)
    for code in actions:
        world.act(code)
    settle(world)
    return world


@settings(max_examples=500, deadline=None, suppress_health_check=list(HealthCheck), print_blob=True)
@given(seed=st.integers(0, 2**32), actions=st.binary(min_size=STEPS, max_size=STEPS), killers=st.integers(0, 2))
def test_nothing_is_lost_doubled_or_goes_back(seed: int, actions: bytes, killers: int) -> None:
    run(seed, actions, killers=killers)
