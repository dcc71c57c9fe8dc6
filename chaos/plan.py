"""What one run does: its seed, its size, and which faults."""

import secrets
from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random


@dataclass(frozen=True, slots=True)
class Plan:
    """One seed makes one plan: what is asked, who is struck and when. How threads take turns is the machine's."""

    seed: int
    scale: float
    only: tuple[str, ...]
    untimed: bool = False

    def dice(self, name: str) -> Random:
        """The dice of one fault; whether others are played does not change them."""
        return Random(f"{self.seed}/{name}")

    def size(self, full: int, *, least: int = 1) -> int:
        """So many, where the full size is `full`."""
        return max(least, round(full * self.scale))


def plan_of(words: Sequence[str], *, known: Sequence[str]) -> Plan:
    """The plan that a command line asks for, of the faults that are known by name."""
    parser = ArgumentParser(prog="python -m chaos", description="Break the running system, and check what must hold.")
    parser.add_argument("--seed", type=int, default=secrets.randbelow(10**6), help="of an earlier run, to repeat it")
    parser.add_argument("--scale", type=float, default=1.0, help="of the full size; 0.1 is what CI runs")
    names = f"of {', '.join(known)}"
    parser.add_argument("--only", type=_names(known), default=tuple(known), metavar="FAULT,FAULT", help=names)
    untimed = "exit 1 for what is wrong, not for what is slow: on a machine that others use as well"
    parser.add_argument("--untimed", action="store_true", help=untimed)
    given = parser.parse_args(words)
    return Plan(given.seed, given.scale, given.only, given.untimed)


def _names(known: Sequence[str]) -> Callable[[str], tuple[str, ...]]:
    def names(text: str) -> tuple[str, ...]:
        asked = text.split(",")
        if strange := [name for name in asked if name not in known]:
            raise ArgumentTypeError(f"there is no {', '.join(strange)}")
        return tuple(name for name in known if name in asked)

    return names
