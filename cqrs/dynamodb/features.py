"""What a table has besides its keys: stream, time to live, recovery, protection. What is missing is mended.

A little past the usual length: each feature is asked for and mended beside the others."""

import time
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from botocore.exceptions import ClientError

from cqrs.dynamodb.client import dynamodb, table, until_decided

VIEW = "NEW_IMAGE"
STREAM = {"StreamEnabled": True, "StreamViewType": VIEW}
TTL = "expires_at"
"""Attribute of `counters` that says when an item may go: a receipt's, in seconds since 1970."""

CREATED_WITH: dict[str, dict[str, Any]] = {
    "events": {"StreamSpecification": STREAM, "DeletionProtectionEnabled": True},
    "counters": {"DeletionProtectionEnabled": True},
}

TABLE_TIMEOUT = 60.0
"""Seconds a table may take: nobody's request waits for it."""

POLL = 1.0
NOT_YET = {"ContinuousBackupsUnavailableException", "ResourceInUseException"}
"""Errors of a table that is still becoming what it was asked to be."""

NOT_KNOWN = {"UnknownOperationException"}
"""Errors of a store that has no such operation. AccessDeniedException is none of them: there it is, but not for us."""


ANSWERS = {"ResourceNotFoundException", "ValidationException", *NOT_YET, *NOT_KNOWN}
"""Errors that answer a question about a table; all others say that the store is away."""


class TableUnfit(Exception):
    """A table is there, and cannot be made what it must be; the text says why, and what a person can do."""


def complete(name: str) -> tuple[list[str], list[str]]:
    """Give a table what it lacks: what was mended, and what this store does not offer."""
    mended: list[str] = []
    not_offered: list[str] = []
    for title, feature in _features(name).items():
        try:
            mended += _settled(name, feature)
        except ClientError as error:
            if code_of(error) not in NOT_KNOWN:
                raise
            not_offered.append(title)
    return mended, not_offered


def describe(name: str) -> Any:
    """The table as the store describes it; None where it is not there."""
    try:
        return ask(dynamodb().describe_table, name)["Table"]
    except ClientError as error:
        if code_of(error) != "ResourceNotFoundException":
            raise
        return None


def until_active(name: str) -> Any:
    """Wait until the table has become what it was asked to be. TableUnfit when that takes too long."""
    deadline = time.monotonic() + TABLE_TIMEOUT
    while (found := describe(name)) is None or found["TableStatus"] != "ACTIVE":
        if time.monotonic() > deadline:
            status = found["TableStatus"] if found else "not there"
            raise TableUnfit(f"the table {table(name)} is {status} after {TABLE_TIMEOUT:g} s: run this again later")
        time.sleep(POLL)
    return found


def ask(operation: Callable[..., Any], name: str, **request: Any) -> Any:
    """The answer to a request about a table; sent again until it is decided."""
    return until_decided(partial(operation, TableName=table(name), **request), within=TABLE_TIMEOUT, answers=ANSWERS)


def code_of(error: ClientError) -> str:
    """What the store calls its error."""
    return error.response["Error"]["Code"]


def _features(name: str) -> Mapping[str, Callable[[str], list[str]]]:
    own = {"stream": _stream} if name == "events" else {"time to live": _time_to_live}
    return own | {"deletion protection": _protection, "point-in-time recovery": _recovery}


def _settled(name: str, feature: Callable[[str], list[str]]) -> list[str]:
    """Somebody else who does the same at this moment makes our change one too many: then nothing is left to do."""
    try:
        return feature(name)
    except ClientError as error:
        if code_of(error) != "ValidationException":
            raise
        until_active(name)
        return feature(name)


def _stream(name: str) -> list[str]:
    """A new stream has followers read the whole table, so that what an older one had, or none, is not missed."""
    view = until_active(name).get("StreamSpecification", {}).get("StreamViewType")
    if view == VIEW:
        return []
    if view:
        _change(name, StreamSpecification={"StreamEnabled": False})
    _change(name, StreamSpecification=STREAM)
    return [f"its stream shows {VIEW} now, not {view or 'nothing'}; start workers anew, they read the whole table once"]


def _time_to_live(name: str) -> list[str]:
    found = ask(dynamodb().describe_time_to_live, name)["TimeToLiveDescription"]
    if found["TimeToLiveStatus"] == "DISABLED":
        wanted = {"Enabled": True, "AttributeName": TTL}
        _retried(name, dynamodb().update_time_to_live, TimeToLiveSpecification=wanted)
        return [f"items expire by {TTL} now"]
    if found["TimeToLiveStatus"] == "DISABLING":
        raise TableUnfit(f"{table(name)} is giving up its time to live, which takes up to an hour: run this again then")
    if found["AttributeName"] != TTL:
        mend = f"switch that off, and run this again, an hour later, to have them expire by {TTL}"
        raise TableUnfit(f"items of {table(name)} expire by {found['AttributeName']}: {mend}")
    return []


def _protection(name: str) -> list[str]:
    if until_active(name).get("DeletionProtectionEnabled"):
        return []
    _change(name, DeletionProtectionEnabled=True)
    return ["it is protected against deletion now"]


def _recovery(name: str) -> list[str]:
    found = ask(dynamodb().describe_continuous_backups, name)["ContinuousBackupsDescription"]
    if found.get("PointInTimeRecoveryDescription", {}).get("PointInTimeRecoveryStatus") == "ENABLED":
        return []
    wanted = {"PointInTimeRecoveryEnabled": True}
    _retried(name, dynamodb().update_continuous_backups, PointInTimeRecoverySpecification=wanted)
    return ["it can be recovered to any point in time now"]


def _change(name: str, **wanted: Any) -> None:
    _retried(name, dynamodb().update_table, **wanted)
    until_active(name)


def _retried(name: str, operation: Callable[..., Any], **request: Any) -> None:
    """A table that was just made is not ready for everything yet, and says so."""
    deadline = time.monotonic() + TABLE_TIMEOUT
    while True:
        try:
            ask(operation, name, **request)
        except ClientError as error:
            if code_of(error) not in NOT_YET or time.monotonic() > deadline:
                raise
            time.sleep(POLL)
        else:
            return
