"""Load: clients that create, change and add, each by its own dice, and remember what they were told."""

import threading
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from random import Random

from benchmarks.stage import Stage
from chaos.clients import Client, Order, Told

SHARES = {"create": 0.2, "edit": 0.5, "stock": 0.3}
"""What a client does next; an edit states the version it knows in two of three cases."""

ENOUGH = 120.0
"""Seconds in which a load gets ahead, whatever breaks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Habits:
    """How clients behave. `commands` each client sends at most; `pace` is commands a second of all of them, 0 for as
    fast as they are answered; `insist` is for how many seconds a client asks until it is told. `keyless` is the share
    of edits that carry no Idempotency-Key: they are one put each, and nobody asks them again."""

    clients: int = 8
    articles: int = 20
    commands: int = 10**9
    pace: float = 0.0
    insist: float = 0.0
    creates: bool = True
    keyless: float = 0.0


class Load:
    """A load while it runs: what was told so far."""

    def __init__(self, stage: Stage, habits: Habits, dice: Random) -> None:
        self.told: list[Told] = []
        self._stage, self._habits, self._seed = stage, habits, dice.random()
        self._versions: dict[str, int] = {}
        self._end = threading.Event()
        self._more = threading.Condition()

    @contextmanager
    def run(self) -> Iterator["Load"]:
        """The load, begun; with the end of the block no client asks anything new, and all have been told."""
        self._furnish()
        with ThreadPoolExecutor(self._habits.clients) as pool:
            clients = [pool.submit(self._client, number) for number in range(self._habits.clients)]
            try:
                yield self
            finally:
                self._end.set()
        _raise(clients)

    def wait(self, commands: int, *, most: float = ENOUGH) -> None:
        """Wait until so many commands were told of. TimeoutError when that takes more than `most` seconds."""
        wanted = self._habits.articles + commands
        with self._more:
            if not self._more.wait_for(lambda: len(self.told) >= wanted, timeout=most):
                raise TimeoutError(f"{len(self.told)} of {wanted} commands were told of within {most:g} s")

    def _furnish(self) -> None:
        client = Client(self._stage)
        for number in range(self._habits.articles):
            name = f"A-{number:03}"
            order = Order(name=f"first-{name}", path="articles/", body={"sku": name, "name": name}, is_keyed=True)
            self._note(client.must(order))

    def _client(self, number: int) -> None:
        client, dice, begun = Client(self._stage), self.dice_of(number), time.monotonic()
        for count in range(self._habits.commands):
            if self._habits.pace:
                due = begun + (count + number / self._habits.clients) * self._habits.clients / self._habits.pace
                self._end.wait(max(0.0, due - time.monotonic()))
            if self._end.is_set():
                return
            order = self.order(f"c{number}-{count}", dice)
            self._note(client.send(order, insist=self._habits.insist if order.is_keyed else 0.0))

    def dice_of(self, client: int) -> Random:
        """One client's own dice."""
        return Random(f"{self._seed}/{client}")

    def order(self, name: str, dice: Random) -> Order:
        """What comes next by these dice."""
        [what] = dice.choices(list(SHARES), list(SHARES.values()))
        article, stated = f"A-{dice.randrange(self._habits.articles):03}", dice.random() < 2 / 3
        version = self._versions.get(article) if stated else None
        match what:
            case "create" if self._habits.creates:
                return Order(name=name, path="articles/", body={"sku": name, "name": name}, is_keyed=True)
            case "stock":
                units = dice.randint(1, 9)
                return Order(name=name, path=f"articles/{article}/stock/", body={"units": units}, is_keyed=True)
        is_keyed = not self._habits.keyless or dice.random() >= self._habits.keyless
        path = f"articles/{article}/edit/"
        return Order(name=name, path=path, body={"name": name}, stated=version, is_keyed=is_keyed)

    def _note(self, told: Told) -> None:
        if told.is_done and str(told.answer["code"]).startswith("A-"):
            self._versions[str(told.answer["code"])] = told.version
        elif "current_version" in told.answer:
            self._versions[told.order.path.split("/")[1]] = int(told.answer["current_version"])
        with self._more:
            self.told.append(told)
            self._more.notify_all()


def _raise(clients: list[Future[None]]) -> None:
    for each in clients:
        each.result()
