"""Which handler reacts to which facts of which entity."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from cqrs.domain import Command, Entity, Version

type Answer = Command[Any] | Iterable[Command[Any]] | None
"""The commands that follow a fact, if any; several are one transaction."""


class Effect[S](Protocol):
    """Does something that the log cannot undo. `id` is the same whenever it is done again for the same fact:
    `<entity id>@<version>:<handler>`."""

    def __call__(self, fact: Version[S], /, *, id: str) -> None: ...


@dataclass(frozen=True, slots=True)
class Reaction:
    """A handler by its name, and the facts it reacts to. `run` takes a fact and the stable id of what is done for it,
    and answers the commands that follow."""

    name: str
    entity: Entity[Any, ...]
    facts: frozenset[str]
    run: Callable[[Version[Any], str], Sequence[Command[Any]]]
    is_effect: bool = False
    from_beginning: bool = False


REACTIONS: dict[str, Reaction] = {}
"""By name: `<app>.<function>`."""


def reaction[S](
    entity: Entity[S, ...], *facts: str, from_beginning: bool = False
) -> Callable[[Callable[[Version[S]], Answer]], Callable[[Version[S]], Answer]]:
    """Declares which commands follow these facts of an entity; any fact where none is named.

    They are sent once for each fact, however often it is read. The handler is pure: what it needs of the world, the
    rules it asks load. It starts with what happens after its release, or with the first fact of all.
    """

    def register(handler: Callable[[Version[S]], Answer]) -> Callable[[Version[S]], Answer]:
        def run(fact: Version[S], _: str) -> Sequence[Command[Any]]:
            return _commands(handler(fact))

        _add(Reaction(_name(handler), entity, _known(entity, facts), run, from_beginning=from_beginning))
        return handler

    return register


def effect[S](entity: Entity[S, ...], *facts: str, from_beginning: bool = False) -> Callable[[Effect[S]], Effect[S]]:
    """Declares what is done in the world after these facts of an entity; any fact where none is named.

    It is done at least once for each fact, in the order of the journal. It sets a time limit to what it waits for, and
    hands `id` on to whoever can tell a repetition by it. Whatever it raises is tried again.
    """

    def register(handler: Effect[S]) -> Effect[S]:
        def run(fact: Version[S], id: str) -> Sequence[Command[Any]]:
            handler(fact, id=id)
            return ()

        name, known = _name(handler), _known(entity, facts)
        _add(Reaction(name, entity, known, run, is_effect=True, from_beginning=from_beginning))
        return handler

    return register


def _commands(answer: Answer) -> Sequence[Command[Any]]:
    match answer:
        case None:
            return ()
        case Command():
            return (answer,)
    return tuple(answer)


def _name(handler: object) -> str:
    """Not the module's path, so that a handler may move within its app."""
    return f"{handler.__module__.partition('.')[0]}.{getattr(handler, '__name__', '')}"


def _known(entity: Entity[Any, ...], facts: Iterable[str]) -> frozenset[str]:
    known, wanted = {rule.fact for rule in entity.rules.values()}, frozenset(facts)
    if unknown := wanted - known:
        raise ValueError(f"{entity!r} has no fact {', '.join(sorted(unknown))}")
    return wanted or frozenset(known)


def _add(made: Reaction) -> None:
    if made.name in REACTIONS:
        raise ValueError(f"there is a reaction {made.name} already")
    REACTIONS[made.name] = made
