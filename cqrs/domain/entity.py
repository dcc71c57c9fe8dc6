"""What an entity is: a frozen state, a rule that creates it, and rules that change it.

TODO = Entity("TODO", Todo, create=create, change={"edited": edit}, code=Sequence("TODO-%%no#:0>6%%"))

TODO.create(name="Milk")                          # a command; mypy checks its arguments against the rule's
TODO.ref("TODO#TODO-000001", version=3).ask(edit, name="Oat milk")

A little past the usual length: all that an entity can declare stands in one place, beside what it means.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Concatenate, Protocol

from cqrs.domain import sequence
from cqrs.domain.counter import Count, Counter, Deltas, Short
from cqrs.domain.personal import checked
from cqrs.domain.refusals import Refused
from cqrs.domain.rule import Rule
from cqrs.domain.version import Version


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


class Reads(Protocol):
    """What a loader may ask: the log of the command's own tenant, strongly consistent."""

    def get[S](self, entity: "Entity[S, ...]", sk: str, *, version: int | None = None) -> Version[S]:
        """The current version, or that one. NotFound."""

    def counter(self, counter: Counter, key: str) -> Mapping[str, int]:
        """The numbers of one counted thing."""


type Loader = Callable[[Reads, Any, Mapping[str, Any]], object]
"""Loads what a rule asks for by type, given the state before (None for a new entity) and the rule's arguments."""


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
        loads: Mapping[Any, Loader] | None = None,
        counts: Callable[[S | None, S | None], Deltas] | None = None,
        limits: Callable[[S], Mapping[Count, int | None]] | None = None,
        exactly: Callable[[S | None, S], Mapping[Count, int]] | None = None,
        short: Callable[[S, Sequence[Short]], Refused | None] = lambda state, shorts: None,
        along: "Callable[[Version[S] | None, Version[S]], Iterable[Command[Any]]]" = lambda before, after: (),
        created: str = "created",
        code: sequence.Sequence | Callable[[S], str] | None = None,
        name: Callable[[S], str] | None = None,
        personal: Mapping[str, Callable[[S], str]] | None = None,
    ) -> None:
        """`change` maps each fact to the rule it comes from; `adds` are the rules that add by meaning, so that asking
        twice is not asking once; `loads` says how to load what rules ask for by type. `code` numbers or reads the
        entity's code, which is then also its sort key.

        `counts` says by how much a change moves which counters, given the states before and after it (None: there is
        none, or it is removed), and is asked again by the ledger; `limits` which limits of counters a state sets (None:
        no limit; one that it does not name stays). `exactly` says what the moved numbers have to be before, where a
        change was decided on that. `short` is the refusal of a state whose counters cannot move, all of
        one kind; None leaves it to the counter. `along` are further commands of the same transaction, given the
        versions before and after.

        `personal` says of fields of the state whose they are: the id of a person, `user:7` for one, or nothing where
        they are nobody's. They are kept sealed with that person's key, and so are rules' arguments of the same names.
        Neither `name` nor `code`, nor what is counted, may be made of them. ValueError, TypeError where a field is not
        there or could not say that it was erased.
        """
        self.type, self.state, self.code, self.name = type, state, code, name or _name
        self.personal = checked(state, personal or {}, is_named=name is not None)
        self.short, self.along, self._loads = short, along, loads or {}
        self._counts, self._limits, self._exactly = counts, limits, exactly
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

    @property
    def sets_limits(self) -> bool:
        """Whether its states set limits of counters at all."""
        return self._limits is not None

    def deltas(self, before: Version[S] | None, after: Version[S]) -> Deltas:
        """By how much this version moves which counters; nothing that stays as it is."""
        if self._counts is None:
            return {}
        moved = self._counts(_standing(before), _standing(after))
        return {count: delta for count, delta in moved.items() if delta}

    def limits(self, before: Version[S] | None, after: Version[S]) -> Mapping[Count, int | None]:
        """The limits that this version sets otherwise than the one before; None where there is to be none."""
        if self._limits is None:
            return {}
        old, new = ({} if state is None else self._limits(state) for state in (_standing(before), _standing(after)))
        return {count: limit for count, limit in new.items() if count not in old or old[count] != limit}

    def exactly(self, before: Version[S] | None, after: Version[S]) -> Mapping[Count, int]:
        """What numbers have to be for this version to follow. Each is one that it moves."""
        standing = _standing(after)
        return {} if self._exactly is None or standing is None else self._exactly(_standing(before), standing)

    def load(self, rule: Rule[S], reads: Reads, state: S | None, args: Mapping[str, object]) -> Mapping[Any, object]:
        """What `rule` asks for by type, loaded now. Whatever a loader refuses."""
        return {kind: self._loads[kind](reads, state, args) for kind in rule.loads} if self._loads else {}

    def sk_of(self, code: str) -> str:
        """The sort key of the entity with this code: `TODO#TODO-000001`."""
        return f"{self.type}#{code}"

    def __repr__(self) -> str:
        return f"Entity({self.type!r})"


def _name(state: object) -> str:
    return str(getattr(state, "name", ""))


def _standing[S](version: Version[S] | None) -> S | None:
    return None if version is None or version.is_deleted else version.state
