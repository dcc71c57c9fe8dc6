"""What an entity is: a frozen state, a rule that creates it, and rules that change it.

TODO = Entity("TODO", Todo, create=create, change={"edited": edit}, code=Sequence("TODO-%%no#:0>6%%"))

TODO.create(name="Milk")                          # a command; mypy checks its arguments against the rule's
TODO.ref("TODO#TODO-000001", version=3).ask(edit, name="Oat milk")
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cache
from inspect import signature
from typing import Any, Concatenate, NewType, cast

from cqrs.domain.counter import Deltas
from cqrs.domain.version import Version

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
class Sequence:
    """Numbers for codes, counted per tenant: `ORD-%%no#:0>6%%` gives ORD-000001, ORD-000002 …

    Gap-free numbers are taken in the command's own transaction; `fast` ones by an atomic add before it, so that
    a refused command leaves a gap.
    """

    format: str
    fast: bool = False


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

    def ask(self, state: S | None, args: Mapping[str, object], *, now: datetime, actor: Actor) -> S:
        """The state that follows, with what the rule asks for by type supplied. Whatever the rule refuses."""
        supplied = {name: now if kind is Now else actor for name, kind in _supplied(self.apply).items()}
        subject = () if self.creates else (state,)
        return self.apply(*subject, **args, **supplied)


@dataclass(frozen=True, slots=True)
class Command[S]:
    """A rule asked of an entity. `sk` is empty for a new one; `version` is the one it was decided on, if stated."""

    entity: "Entity[S, ...]"
    rule: Rule[S]
    args: Mapping[str, object] = field(default_factory=dict)
    sk: str = ""
    version: int | None = None


@dataclass(frozen=True, slots=True)
class Ref[S]:
    """One entity, existing or not, by its sort key; `version` is the one the next command is decided on."""

    entity: "Entity[S, ...]"
    sk: str
    version: int | None = None

    def ask[**P](self, rule: Callable[Concatenate[S, P], S], /, *_: P.args, **args: P.kwargs) -> Command[S]:
        """A command that asks `rule` of this entity."""
        return Command(self.entity, self.entity.rule(rule.__name__), args, self.sk, self.version)


class Entity[S, **P]:
    """A type of entity: its state, its rules, and how it is named."""

    def __init__(
        self,
        type: str,
        state: type[S],
        *,
        create: Callable[P, S],
        change: Mapping[str, Callable[Concatenate[S, ...], S]],
        remove: Callable[[S], S] | None = None,
        restore: Callable[[S], S] | None = None,
        adds: Collection[Callable[..., S]] = (),
        counts: Callable[[S | None, S | None], Deltas] | None = None,
        created: str = "created",
        code: Sequence | Callable[[S], str] | None = None,
        name: Callable[[S], str] = lambda state: str(getattr(state, "name", "")),
    ) -> None:
        """`change` maps each fact to the rule it comes from; `adds` are the rules that add by meaning, so that asking
        twice is not asking once; `counts` says by how much a change moves which counters, given the states before and
        after it (None: there is none, or it is removed), and is asked again by the ledger; `code` numbers or reads the
        entity's code, which is then also its sort key."""
        self.type, self.state, self.code, self.name = type, state, code, name
        self._counts = counts
        rules = [Rule(create.__name__, created, create, creates=True, adds=create in adds)]
        rules += [Rule(rule.__name__, fact, rule, adds=rule in adds) for fact, rule in change.items()]
        rules += [Rule(remove.__name__, "removed", remove, removes=True)] if remove else []
        rules += [Rule(restore.__name__, "restored", restore, restores=True)] if restore else []
        self.rules = {rule.name: rule for rule in rules}
        self.creation = rules[0]

    def create(self, *_: P.args, **args: P.kwargs) -> Command[S]:
        """A command that creates one."""
        return Command(self, self.creation, args)

    def ref(self, sk: str, *, version: int | None = None) -> Ref[S]:
        """One entity of this type; `version` is the one that what is asked next was decided on."""
        return Ref(self, sk, version)

    def rule(self, name: str) -> Rule[S]:
        """A rule by its name. KeyError where there is none."""
        return self.rules[name]

    @property
    def is_counted(self) -> bool:
        """Whether its changes move counters at all."""
        return self._counts is not None

    def deltas(self, before: Version[S] | None, after: Version[S]) -> Deltas:
        """By how much this version moves which counters; nothing that stays as it is."""
        if self._counts is None:
            return {}
        befores = before.state if before and not before.is_deleted else None
        moved = self._counts(befores, None if after.is_deleted else after.state)
        return {count: delta for count, delta in moved.items() if delta}

    def sk_of(self, code: str) -> str:
        """The sort key of the entity with this code: `TODO#TODO-000001`."""
        return f"{self.type}#{code}"

    def __repr__(self) -> str:
        return f"Entity({self.type!r})"


@cache
def _supplied(rule: Callable[..., object]) -> dict[str, object]:
    parameters = signature(rule, eval_str=True).parameters.values()
    return {each.name: each.annotation for each in parameters if each.default is SUPPLIED}
