"""What a piece of work cost DynamoDB."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from cqrs.dynamodb.client import dynamodb


@dataclass
class Units:
    """`put`: write units of single writes, as DynamoDB tells them. `actions`: those in each transaction; an action on
    up to 1 KB is 2 units. (DynamoDB Local, which is asked here, tells 4 for any number of them.)"""

    put: float
    actions: list[int]


@contextmanager
def counted() -> Iterator[Units]:
    """Counts what is sent within it."""
    units, events = Units(0, []), dynamodb().meta.events

    def ask(params: dict[str, Any], **_: Any) -> None:
        params["ReturnConsumedCapacity"] = "TOTAL"
        if "TransactItems" in params:
            units.actions.append(len(params["TransactItems"]))

    def note(parsed: dict[str, Any], model: Any, **_: Any) -> None:
        if model.name in ("PutItem", "UpdateItem"):
            units.put += parsed["ConsumedCapacity"]["CapacityUnits"]

    events.register("provide-client-params.dynamodb", ask)
    events.register("after-call.dynamodb", note)
    try:
        yield units
    finally:
        events.unregister("provide-client-params.dynamodb", ask)
        events.unregister("after-call.dynamodb", note)
