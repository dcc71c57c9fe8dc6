"""One item of `counters`, always the same, that belongs to nobody: by it a process finds out whether it can write the
log, and what time it is there. It is no fact and never in `events`."""

from cqrs.clocks import LOG, is_measured
from cqrs.clocks import refuse_skewed as refuse_known_skew
from cqrs.dynamodb.client import dynamodb, table, until_answered
from cqrs.dynamodb.errors import FAILURES
from cqrs.dynamodb.failures import failure_of

PROBE = {"pk": {"S": "PROBE#"}, "sk": {"S": "write"}}
"""The item, which is its key alone."""


class LogProbeFailed(Exception):
    """The log did not do what it was asked; the text is its error's code, or the class of what came in its stead."""


def write_probe() -> None:
    """Put the item, once. LogProbeFailed."""
    try:
        dynamodb().put_item(TableName=table("counters"), Item=PROBE)
    except FAILURES as error:
        raise LogProbeFailed(failure_of(error).name) from error


def read_probe() -> None:
    """Read the item, once: the answer's `Date` is what is wanted. LogProbeFailed."""
    try:
        _read_item()
    except FAILURES as error:
        raise LogProbeFailed(failure_of(error).name) from error


def refuse_skewed() -> None:
    """Raise ClockSkew where this process may not write. A process that the log has not yet told the time, such as a
    command that has just begun, asks first. StoreAway, Busy."""
    if not is_measured(LOG):
        until_answered(_read_item)
    refuse_known_skew()


def _read_item() -> None:
    dynamodb().get_item(TableName=table("counters"), Key=PROBE, ConsistentRead=True)
