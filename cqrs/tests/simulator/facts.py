"""Facts of todos, made without the writer: quickly, and the same for the same seed."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from random import Random

from cqrs.codec import encode
from cqrs.domain import Version
from cqrs.store import Fact
from todos.domain import create

TENANTS = ("acme", "globex")
BEGAN = datetime(2026, 11, 1, tzinfo=UTC)


class Author:
    """Creates and changes a few entities of two tenants; `prefix` keeps them apart from another world's."""

    def __init__(self, random: Random, *, prefix: str) -> None:
        self._random, self._prefix, self._versions = random, prefix, Counter[int]()
        self._entities, self._state = random.choice([3, 10, 300]), encode(create(name="simulated"))

    def id(self, number: int) -> str:
        """The id of one of its entities."""
        return self._fact(number, 1, seconds=0).id

    def transaction(self, *, seconds: float) -> list[Fact]:
        """Some versions, also two of one entity."""
        most = self._random.choice([3, self._entities])  # some are changed often, most are not changed again
        chosen = [self._random.randrange(most) for _ in range(self._random.choice([1, 1, 1, 2, 4]))]
        return [self._next(number, seconds) for number in chosen]

    def _next(self, number: int, seconds: float) -> Fact:
        self._versions[number] += 1
        return self._fact(number, self._versions[number], seconds=seconds)

    def _fact(self, number: int, version: int, *, seconds: float) -> Fact:
        code = f"{self._prefix}{number:03}"
        at = BEGAN + timedelta(seconds=seconds)
        return Version(
            tenant_code=TENANTS[number % 2],
            type="TODO",
            sk=f"TODO#{code}",
            version=version,
            code=code,
            name=f"v{version}",
            fact="edited",
            rule="edit",
            args={},
            state=self._state | {"name": f"v{version}"},
            is_deleted=False,
            at=at,
            by="user:1",
            created_at=BEGAN,
            created_by="user:1",
            command_id=f"{code}-{version}",
        )
