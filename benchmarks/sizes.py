"""How much is measured; each size is a flag of the command."""

from argparse import ArgumentParser
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Sizes:
    """The defaults make a run of about six minutes."""

    commands: int = 600
    """Creates, and as many changes, through the writer and as raw calls."""
    requests: int = 300
    """Creates, and as many changes, over HTTP."""
    facts: int = 4000
    """Facts to project."""
    entities: int = 20_000
    """Todos whose rows are made again."""
    backlog: int = 100_000
    """Facts the worker finds before it."""
    seconds: int = 20
    """Seconds for which the lag is watched."""
    idle: int = 10
    """Seconds for which the idle worker is watched."""
    pages: int = 150
    """List pages with tenants, and as many without."""
    sign_ups: int = 50
    """People who sign up."""
    tenants: int = 300
    """Tenants whose pages are looked at, and whose schemas are migrated."""


def sizes_of(words: Sequence[str]) -> Sizes:
    """The sizes that a command line asks for."""
    parser = ArgumentParser(prog="python -m benchmarks", description="Measure, and write benchmarks/README.md.")
    defaults = Sizes()
    for name in Sizes.__slots__:
        parser.add_argument(f"--{name}", type=int, default=getattr(defaults, name), metavar="N")
    return Sizes(**vars(parser.parse_args(words)))
