"""What stands between the store and DynamoDB Local, and answers as it is told."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import orjson
from django.test import override_settings

from cqrs.dynamodb import client as clients
from cqrs.dynamodb import stream
from cqrs.tests.proxy import Fate, meddling

ANY = ""
HTML = b"<!DOCTYPE html><html><body><h1>Sign in to the guest network</h1></body></html>"


@dataclass
class StandIn:
    """The fates of the requests from now on, by operation (ANY: all others), each time; and what was asked so far."""

    fates: dict[str, Fate] = field(default_factory=dict)
    first: list[Fate] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    def answer(self, *fates: Fate, then: Fate | None = None, to: str = ANY) -> None:
        """The next requests meet these fates, one each, whatever they ask; all later ones to `to` meet `then`."""
        self.asked.clear()
        self.first, self.fates = list(fates), {to: then} if then else {}

    def meddle(self, operation: str, body: bytes) -> Fate:
        """What becomes of this one."""
        self.asked.append(operation)
        if self.first:
            return self.first.pop(0)
        return self.fates.get(operation) or self.fates.get(ANY) or Fate()


def error(code: str, *, status: int = 400, message: str = "", **more: Any) -> Fate:
    """An error as DynamoDB says it."""
    body = {"__type": f"com.amazonaws.dynamodb.v20120810#{code}", "message": message or code, **more}
    return Fate(instead=(status, orjson.dumps(body)))


def html(status: int, **more: Any) -> Fate:
    """A page of somebody else's."""
    return Fate(instead=(status, HTML), headers={"Content-Type": "text/html; charset=utf-8"}, **more)


def text(status: int, body: bytes, headers: Mapping[str, str] | None = None, **more: Any) -> Fate:
    """An answer that looks like one of DynamoDB's, with this body."""
    return Fate(instead=(status, body), headers=headers or {}, **more)


@contextmanager
def standing_in(endpoint: str | None) -> Iterator[StandIn]:
    """Within the block this process reaches DynamoDB through a stand-in; until it is told otherwise, it is honest."""
    found = StandIn()
    with meddling(endpoint or "", found.meddle) as address, reached_at(address):
        yield found


@contextmanager
def reached_at(address: str | None) -> Iterator[None]:
    """Within the block this process looks for DynamoDB there."""
    from django.conf import settings  # noqa: PLC0415  # what it is now

    with override_settings(DYNAMODB=settings.DYNAMODB | {"endpoint": address}):
        _forget()
        try:
            yield
        finally:
            _forget()


def _forget() -> None:
    clients.forget_clients()
    stream._arn.cache_clear()  # it is the same, and asked of the client of then
