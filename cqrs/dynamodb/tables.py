"""The two tables, `events` and `counters`: made where they are missing, with all that they must have."""

from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from botocore.exceptions import ClientError

from cqrs.dynamodb import features
from cqrs.dynamodb.client import dynamodb, table, until_answered
from cqrs.dynamodb.features import TableUnfit, ask, code_of, describe

KEYS = {"events": (("id", "S"), ("version", "N")), "counters": (("pk", "S"), ("sk", "S"))}
"""Each table's HASH and RANGE key."""


@dataclass(slots=True)
class TablesReport:
    """What came of it: names of tables `created`, what was `mended` of older ones, what this store does not `offer`."""

    created: list[str] = field(default_factory=list)
    mended: list[str] = field(default_factory=list)
    not_offered: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        """`created events, counters; this store keeps no point-in-time recovery`; empty where all was there."""
        created = [f"created {', '.join(self.created)}"] if self.created else []
        return "; ".join([*created, *self.mended, *(f"this store keeps no {each}" for each in self.not_offered)])


def create_tables() -> TablesReport:
    """Create what is missing, mend what is there, and wait until it is. Safe to repeat, also by two at once.

    TableUnfit where a table is there whose shape cannot be mended; Unavailable; StoreAway where
    the store refuses it, AccessDenied for one."""
    report = TablesReport()
    for name in KEYS:
        found = describe(name)
        if found is None:
            _create(name)
            report.created.append(name)
            found = features.until_active(name)
        _require_keys(name, found)
        mended, not_offered = features.complete(name)
        report.mended += [f"{name}: {each}" for each in mended if name not in report.created]
        report.not_offered += [each for each in not_offered if each not in report.not_offered]
    return report


def until_answers(*, seconds: float) -> None:
    """Return once the store answers, whether or not the tables are there. StoreAway after so many seconds, or where it
    refuses."""
    with suppress(ClientError):  # the one answer that is an error: it is not there
        request = partial(dynamodb().describe_table, TableName=table("events"))
        until_answered(request, within=seconds, answers={"ResourceNotFoundException"})


def _create(name: str) -> None:
    keys = [(*key, role) for key, role in zip(KEYS[name], ("HASH", "RANGE"), strict=True)]
    request: dict[str, Any] = features.CREATED_WITH[name] | {
        "AttributeDefinitions": [{"AttributeName": key, "AttributeType": kind} for key, kind, _ in keys],
        "KeySchema": [{"AttributeName": key, "KeyType": role} for key, _, role in keys],
        "BillingMode": "PAY_PER_REQUEST",
    }
    try:
        ask(dynamodb().create_table, name, **request)
    except ClientError as error:
        if code_of(error) != "ResourceInUseException":  # somebody else, or an answer of ours was lost
            raise


def _require_keys(name: str, found: Any) -> None:
    """Keys cannot be changed: such a table is somebody else's."""
    kinds = {each["AttributeName"]: each["AttributeType"] for each in found["AttributeDefinitions"]}
    keys = tuple((each["AttributeName"], kinds[each["AttributeName"]]) for each in found["KeySchema"])
    if keys != KEYS[name]:
        wanted, there = (" ".join(f"{key} ({kind})" for key, kind in each) for each in (KEYS[name], keys))
        mend = "give ours a name of their own by TENFOLD_DYNAMODB_PREFIX"
        raise TableUnfit(f"the table {table(name)} has the keys {there}, not {wanted}: {mend}")
