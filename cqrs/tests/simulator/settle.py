"""Rest: nobody writes any more, everybody follows, until nothing is left."""

from cqrs.tests.simulator.checks import check_all_shown, missing
from cqrs.tests.simulator.world import World

ROUNDS = 100
"""So many times each follower has its turn at most; a process that dies has had its turn."""


def settle(world: World) -> None:
    """Follow until nothing is left, and check that it is right."""
    world.wake()
    world.stream.failures = 0
    world.sleep(max([0, *(each.listed_at - world.clock.now for each in world.stream.strands.values())]))
    for _ in range(ROUNDS):
        for process in list(world.processes):
            world.step_of(process)
            while process.running and process in world.processes:
                world.step_of(process)
                world.check()
        if _is_at_rest(world):
            break
        world.sleep(11)
    check_all_shown(world.stream.facts, world.stage, killers=world.killers)
    assert _is_at_rest(world)


def _is_at_rest(world: World) -> bool:
    noted, strands = world.stage.shards(), world.stream.strands
    open = {id for id, each in noted.items() if not each.is_closed}
    unended = {each.id for each in strands.values() if each.ended_at is None}
    return open == unended and not missing(world.stream.facts, world.stage)
