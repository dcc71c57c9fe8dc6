"""Processes of the application side by side, each asked by clients of its own; some can be killed in the middle."""

import json
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any, Protocol

from config.environment import ROOT


class Tenant(Protocol):
    """Whose application it is."""

    @property
    def host(self) -> str: ...

    @property
    def key(self) -> str: ...


type Request = tuple[str, str, str, Any]
"""Its name, which is its Idempotency-Key; method, path below `/api/v1/`, and body."""

type Answer = tuple[int, Mapping[str, Any]]
"""The status, and what it says."""

UNKNOWN = frozenset({500, 502, 503, 504})
"""Statuses that do not say what became of a command: a client asks again."""


class Asker:
    """One process, and the clients in it."""

    def __init__(self, env: Mapping[str, str]) -> None:
        command = [sys.executable, "-m", "billing.tests.asker"]
        pipe = subprocess.PIPE
        self._process = subprocess.Popen(command, cwd=ROOT, env=env, text=True, stdin=pipe, stdout=pipe)

    def ask(
        self, tenant: Tenant, requests: Iterable[Request], *, clients: int, lives: int | None = None
    ) -> dict[str, Answer]:
        """What was answered, by name: of some nothing, where it is killed as soon as there are so many answers."""
        order = {"host": tenant.host, "key": tenant.key, "clients": clients, "requests": [*requests]}
        answers: dict[str, Answer] = {}
        assert self._process.stdin
        self._process.stdin.write(f"{json.dumps(order)}\n")
        self._process.stdin.flush()
        for name, status, answer in iter(self.read, None):
            answers[name] = status, answer
            if len(answers) == lives:
                self._process.kill()
        return answers

    def end(self) -> None:
        """It ends by itself, and gives back what it has borrowed."""
        self._process.communicate()

    def read(self) -> Any:
        """What it says next; None at the end of its answers, and where it is not there any more."""
        assert self._process.stdout
        line = self._process.stdout.readline()
        return json.loads(line) if line.endswith("\n") else None


@contextmanager
def askers(number: int, *, env: Mapping[str, str]) -> Iterator[Sequence[Asker]]:
    """So many, started side by side; ended with the block."""
    made = [Asker(env) for _ in range(number)]
    try:
        for each in made:
            each.read()  # that it is there
        yield made
    finally:
        for each in made:
            each.end()


def all_at_once(
    those: Sequence[Asker], tenant: Tenant, requests: Sequence[Request], *, clients: int, lives: Sequence[int] = ()
) -> dict[str, Answer]:
    """What was answered to these, dealt out to the processes, of which the first live for so many answers only. What
    nobody knows then is asked again of the others, under its key, until it is known."""
    mortal = [*lives, *[None] * (len(those) - len(lives))]

    def one(number: int) -> dict[str, Answer]:
        mine = requests[number :: len(those)]
        return those[number].ask(tenant, mine, clients=clients, lives=mortal[number])

    with ThreadPoolExecutor(len(those)) as pool:
        told = {name: answer for found in pool.map(one, range(len(those))) for name, answer in found.items()}
    left = [each for each in requests if told.get(each[0], (503,))[0] in UNKNOWN]
    return told | all_at_once(those[len(lives) :], tenant, left, clients=clients) if left else told
