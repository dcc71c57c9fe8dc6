"""Commands through the writer, against the same boto3 calls with the same items, taken in turns."""

import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import count
from typing import Any

from benchmarks.lines import Line, Seconds, judged, p50, timed
from benchmarks.stage import Stage
from cqrs.decide import Origin
from cqrs.domain import Actor, Version
from cqrs.dynamodb.actions import action
from cqrs.dynamodb.client import dynamodb, table
from cqrs.dynamodb.store import store
from cqrs.log import Log
from cqrs.store import Append, Fact
from cqrs.writer import Writer
from todos.domain import TODO, Todo, edit

BAR = 1.3
"""What the writer may cost at most, as a multiple of the raw calls."""

WARM_UP = 20
FIELDS: dict[str, Any] = {"description": "As agreed on the phone.", "labels": ("home", "shop")}

type Call = Callable[[], object]


def lines(stage: Stage, *, commands: int) -> Iterator[Line]:
    """Create and change, each raw and through the writer."""
    writer = writer_into(stage)
    made = writer.send(TODO.create(name="The one that is changed", **FIELDS)).version
    fact = store().read(made.id)
    assert fact, "it has just been written"
    yield from _compared("create: one add, one put", _raw_creates(fact), _creates(writer), commands)
    yield from _compared("change: one strong read, one put", _raw_changes(fact), _changes(writer, made), commands)


def writer_into(stage: Stage) -> Writer:
    """A writer into the stage's tenant that rings nobody."""
    return Writer(Log(store(), stage.tenant), Origin(Actor("user:1"), source="bench"))


def _compared(what: str, raw: Iterator[Call], ours: Iterator[Call], commands: int) -> Iterator[Line]:
    plain, through = _in_turns(raw, ours, commands + WARM_UP)
    times = p50(through) / p50(plain)
    yield timed(f"{what}; raw boto3", plain)
    verdict = judged(f"{times:.2f} ×", is_met=times <= BAR)
    yield timed(f"{what}; writer", through, bar=f"p50 ≤ {BAR} × raw", verdict=verdict)


def _in_turns(raw: Iterator[Call], ours: Iterator[Call], times: int) -> tuple[Seconds, Seconds]:
    """One of each, then the other way round, so that whatever else the machine does hits both alike."""
    taken: tuple[list[float], list[float]] = [], []
    for turn in range(times):
        calls = [(taken[0], next(raw)), (taken[1], next(ours))]
        for into, call in calls if turn % 2 else calls[::-1]:
            begun = time.perf_counter()
            call()
            into.append(time.perf_counter() - begun)
    return taken[0][WARM_UP:], taken[1][WARM_UP:]


def _creates(writer: Writer) -> Iterator[Call]:
    for number in count():
        yield lambda: writer.send(TODO.create(name=f"Todo {number}", **FIELDS))  # noqa: B023  # called before the next


def _changes(writer: Writer, made: Version[Todo]) -> Iterator[Call]:
    ref = TODO.ref(made.sk)
    for number in count():
        yield lambda: writer.send(ref.ask(edit, name=f"Changed {number}"))  # noqa: B023  # called before the next


def _raw_creates(fact: Fact) -> Iterator[Call]:
    """Items like the writer's, made beforehand: what is timed is boto3 and DynamoDB."""
    client = dynamodb()
    for number in count(1):
        put = _put(replace(fact, code=f"RAW-{number:06}", sk=f"TODO#RAW-{number:06}", name=f"Todo {number}"))
        yield lambda: (client.update_item(**_add(fact)), client.put_item(**put))  # noqa: B023


def _raw_changes(fact: Fact) -> Iterator[Call]:
    client = dynamodb()
    first = replace(fact, code="RAW", sk="TODO#RAW")
    client.put_item(**_put(first))
    for number in count(2):
        put = _put(replace(first, version=number, fact="edited", rule="edit", name=f"Changed {number}"))
        yield lambda: (client.query(**_head(first.id)), client.put_item(**put))  # noqa: B023


def _put(fact: Fact) -> dict[str, Any]:
    request: dict[str, Any] = action(Append(replace(fact, command_id=uuid.uuid4().hex)))["Put"]
    return request


def _add(fact: Fact) -> dict[str, Any]:
    return {
        "TableName": table("counters"),
        "Key": {"pk": {"S": f"SEQ#{fact.tenant_code}"}, "sk": {"S": "RAW"}},
        "UpdateExpression": "ADD #no :one",
        "ExpressionAttributeNames": {"#no": "no"},
        "ExpressionAttributeValues": {":one": {"N": "1"}},
        "ReturnValues": "UPDATED_NEW",
    }


def _head(id: str) -> dict[str, Any]:
    return {
        "TableName": table("events"),
        "KeyConditionExpression": "id = :id AND version > :above",
        "ExpressionAttributeValues": {":id": {"S": id}, ":above": {"N": "0"}},
        "ConsistentRead": True,
        "ScanIndexForward": False,
        "Limit": 1,
    }
