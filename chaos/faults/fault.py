"""A fault: its name on the command line, and how it is played."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from chaos.findings import Finding
from chaos.plan import Plan
from chaos.scene import Scene


@dataclass(frozen=True, slots=True)
class Fault:
    """`size` says in words how much is done at a plan's scale; `play` breaks things, and tells what held."""

    name: str
    title: str
    size: Callable[[Plan], str]
    play: Callable[[Scene], Iterator[Finding]]
