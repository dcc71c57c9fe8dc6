"""A view in memory: rows, journals, what is parked. Its transaction is the projector's, without Postgres."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import Any, cast

from cqrs.projector.prepare import gapless
from cqrs.projector.show import Commit
from cqrs.store import Fact, Store

NO_CURSOR = cast(Any, None)


class MemoryView:
    """See `cqrs.stream.view.View`. `between` is called where the projector has prepared and not yet locked."""

    def __init__(self, store: Store, *, between: Callable[[], None]) -> None:
        self.rows, self.journal, self.parked = dict[str, Fact](), defaultdict[str, list[Fact]](list), dict[str, int]()
        self._store, self._between = store, between

    def show(self, facts: Sequence[Fact], *, commit: Commit, renew: Commit) -> int:
        prepared = self._prepared(facts)
        self._between()
        fresh = [each for each in prepared if each[-1].id not in self.parked]
        new = [fact for each in fresh for fact in each if fact.version > self.shown(fact.id)]
        commit(NO_CURSOR)  # it raises where the lease was lost: then nothing was shown
        self._note(facts)
        for fact in sorted(new, key=lambda fact: (fact.at, fact.version)):
            self.journal[fact.tenant_code].append(fact)
            self.rows[fact.id] = fact
        return len(new)

    def park(self, facts: Sequence[Fact], *, error: str, renew: Commit) -> None:
        renew(NO_CURSOR)
        self.parked[facts[0].id] = 0
        self._note(facts)

    def shown(self, id: str) -> int:
        """The newest version shown of an entity."""
        return self.rows[id].version if id in self.rows else 0

    def _prepared(self, facts: Iterable[Fact]) -> list[list[Fact]]:
        got: defaultdict[str, dict[int, Fact]] = defaultdict(dict)
        for fact in facts:
            if fact.id not in self.parked:
                got[fact.id][fact.version] = fact
        fresh = [(id, each, self.shown(id)) for id, each in got.items() if max(each) > self.shown(id)]
        return [gapless(id, each, shown=shown, store=self._store) for id, each, shown in fresh]

    def _note(self, facts: Iterable[Fact]) -> None:
        for fact in facts:
            if fact.id in self.parked:
                self.parked[fact.id] = max(self.parked[fact.id], fact.version)
