"""A rule: what may happen to an entity, as a pure function that asks for what it needs by type."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from inspect import signature
from typing import Any, NewType, cast

Now = NewType("Now", datetime)
"""A rule's argument of this type is the time of the command, UTC."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who asks. A rule's argument of this type is the actor of the command."""

    id: str


SUPPLIED = cast(Any, object())
"""The default of a rule's argument that the kernel supplies: `at: Now = SUPPLIED`."""

KEEP = cast(Any, object())
"""The default of a rule's argument that leaves a field as it is; see `revise`."""


def revise[S](state: S, /, **fields: object) -> S:
    """A copy of the frozen dataclass `state` with the fields that are not KEEP."""
    return replace(state, **{name: value for name, value in fields.items() if value is not KEEP})  # type: ignore[type-var]


@dataclass(frozen=True, slots=True)
class Rule[S]:
    """One rule of an entity: the bare verb, and the name of its fact in the past tense."""

    name: str
    fact: str
    apply: Callable[..., S]
    creates: bool = False
    removes: bool = False
    restores: bool = False
    adds: bool = False

    @property
    def loads(self) -> frozenset[object]:
        """The types of what it asks for besides the time and the actor."""
        return frozenset(_supplied(self.apply).values()) - {Now, Actor}

    def ask(
        self,
        state: S | None,
        args: Mapping[str, object],
        *,
        now: datetime,
        actor: Actor,
        loaded: Mapping[Any, object] | None = None,
    ) -> S:
        """The state that follows, with what the rule asks for by type supplied; `loaded` holds all of `loads`. Whatever
        the rule refuses."""
        known: Mapping[Any, object] = {Now: now, Actor: actor, **(loaded or {})}
        supplied = {name: known[kind] for name, kind in _supplied(self.apply).items()}
        subject = () if self.creates else (state,)
        return self.apply(*subject, **args, **supplied)


@cache
def _supplied(rule: Callable[..., object]) -> dict[str, object]:
    parameters = signature(rule, eval_str=True).parameters.values()
    return {each.name: each.annotation for each in parameters if each.default is SUPPLIED}
