"""A part of the running system: one process that the supervisor starts, watches and stops."""

import signal
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field


async def at_once() -> bool:
    """A part that is ready as soon as it runs."""
    return True


@dataclass(frozen=True, kw_only=True, eq=False)
class Part:
    """What the supervisor must know about one process."""

    name: str
    """The log file's name: `postgres` logs to `postgres.log`."""
    title: str
    """What a person calls it."""
    command: tuple[str, ...]
    ready: Callable[[], Awaitable[bool]] = at_once
    """Whether it serves; asked again until it does."""
    user: str = ""
    """Who it runs as; empty is the supervisor's own user."""
    stop: signal.Signals = signal.SIGTERM
    """What asks it to end in good order."""
    env: Mapping[str, str] = field(default_factory=dict)
    gives_signs: bool = False
    """Whether its processes give signs of life (`cqrs.sign_of_life`), and it is replaced where they end."""
