"""How long work says how far it is."""

from collections.abc import Callable

type Tell = Callable[[str, int, int], None]
"""Is told what is done, how much of it is done by now, and about how much there is."""


def silent(what: str, done: int, total: int) -> None:
    """Nobody asks."""
