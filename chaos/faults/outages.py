"""A store that goes away under load, and comes back: what clients are told meanwhile, and how soon all goes on."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from chaos.clients import Told, Try
from chaos.load import Load
from chaos.scene import Scene

RESUMED_MOST = 10.0
GIVEN_UP = 60.0


@dataclass(frozen=True, slots=True)
class Outage:
    """Instants of one outage: gone, asked to come, there again; and when commands and rows went on."""

    gone: float
    called: float
    there: float
    resumed: float

    @property
    def seconds(self) -> float:
        """From the moment it is there again until a command was done and its row shown."""
        return self.resumed - self.there


def outage(scene: Scene, load: Load, store: str, *, seconds: float) -> Outage:
    """Stop a store, start it again after so many seconds, and wait until commands are done and shown again."""
    stop, start = partial(scene.running.stop, store), partial(scene.running.start, store)
    return absence(scene, load, seconds=seconds, begin=stop, end=start)


def absence(scene: Scene, load: Load, *, seconds: float, begin: Callable[[], None], end: Callable[[], None]) -> Outage:
    """The same for what `begin` takes away and `end` brings back."""
    begin()
    gone, position = time.perf_counter(), scene.lookout.last.position
    time.sleep(seconds)
    called = time.perf_counter()
    end()
    there = time.perf_counter()
    return Outage(gone, called, there, await_resumption(scene, load.told, there=there, position=position))


def await_resumption(scene: Scene, told: Sequence[Told], *, there: float, position: int) -> float:
    """Wait until a command was done and its row shown, or for GIVEN_UP seconds; the instant. `there` is when the store
    came again, `position` the journal's before."""
    while not _goes_on(scene, told, there, position) and time.perf_counter() < there + GIVEN_UP:
        time.sleep(0.02)
    return time.perf_counter()


def tries_during(told: Sequence[Told], outages: Sequence[Outage]) -> list[Try]:
    """Requests that were sent while the store was gone, and could not wait for it to come."""
    return [
        one
        for each in told
        for one in each.tries
        if any(outage.gone <= one.begun and one.ended <= outage.called for outage in outages)
    ]


def _goes_on(scene: Scene, told: Sequence[Told], there: float, position: int) -> bool:
    done = any(each.is_done and each.begun > there for each in reversed(told[-200:]))
    look = scene.lookout.last
    return done and look.at > there and look.position > position
