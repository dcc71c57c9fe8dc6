"""Clients of the API, and what each was told: the only things that they know of the system."""

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from typing import Any

from benchmarks.stage import Stage
from config.environment import environment
from config.stack.ports import LOOPBACK

ANSWER_WITHIN = 15.0
"""Seconds after which a client takes a request for hanging."""

BREATH = 0.1
"""Seconds between two tries of a client that asks until it is told."""

UNKNOWN = frozenset({0, 500, 502, 503, 504})
"""Statuses after which a client does not know what became of its command; 0: the connection broke."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """One command: `name` is its X-Request-Id, and its Idempotency-Key where `is_keyed`."""

    name: str
    path: str
    body: Mapping[str, Any]
    stated: int | None = None
    is_keyed: bool = False

    @property
    def creates(self) -> bool:
        return self.path.count("/") == 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Try:
    """One request: the status, how long the answer took, whether a 503 said when to come again."""

    status: int
    begun: float
    ended: float
    says_when: bool = False

    @property
    def taken(self) -> float:
        return self.ended - self.begun


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a client was told of its order in the end; instants are `time.perf_counter()`."""

    order: Order
    tries: tuple[Try, ...]
    answer: Mapping[str, Any] = field(default_factory=dict)

    @property
    def status(self) -> int:
        return self.tries[-1].status

    @property
    def begun(self) -> float:
        return self.tries[0].begun

    @property
    def ended(self) -> float:
        return self.tries[-1].ended

    @property
    def is_done(self) -> bool:
        return self.status in (200, 201)

    @property
    def is_unknown(self) -> bool:
        return self.status in UNKNOWN

    @property
    def entity(self) -> str:
        """The id of the entity, as the log has it."""
        return str(self.answer["id"]).replace("~", "#")

    @property
    def version(self) -> int:
        return int(self.answer["version"])


class Client:
    """One keep-alive connection, opened again when it breaks."""

    def __init__(self, stage: Stage, *, port: int = 0) -> None:
        self._stage = stage
        self._connection = HTTPConnection(LOOPBACK, port or environment().port, timeout=ANSWER_WITHIN)

    def send(self, order: Order, *, insist: float = 0.0) -> Told:
        """Ask once; ask again, under the same key, for `insist` seconds while it is not known what happened."""
        deadline, tries = time.monotonic() + insist, list[Try]()
        while True:
            one, answer = self._try(order)
            tries.append(one)
            if one.status not in UNKNOWN or time.monotonic() > deadline:
                return Told(order=order, tries=tuple(tries), answer=answer)
            time.sleep(BREATH)

    def must(self, order: Order) -> Told:
        """Ask for what the fault cannot be played without. RuntimeError when it is not done."""
        told = self.send(order, insist=ANSWER_WITHIN)
        if not told.is_done:
            raise RuntimeError(f"{order.name} was answered with {told.status}: {told.answer}")
        return told

    def _try(self, order: Order) -> tuple[Try, Mapping[str, Any]]:
        headers = self._stage.headers | {"X-Request-Id": order.name}
        headers |= {"Idempotency-Key": order.name} if order.is_keyed else {}
        body = dict(order.body) | ({} if order.stated is None else {"version": order.stated})
        headers |= {"If-Match": "*"} if order.stated is None and not order.creates else {}
        begun = time.perf_counter()
        try:
            self._connection.request("POST", f"/api/v1/{order.path}", json.dumps(body), headers)
            response = self._connection.getresponse()
            status, says_when, content = response.status, bool(response.headers["Retry-After"]), response.read()
            answer = json.loads(content)
        except (OSError, HTTPException, ValueError):
            self._connection.close()
            status, says_when, answer = 0, False, {}
        return Try(status=status, begun=begun, ended=time.perf_counter(), says_when=says_when), answer
