"""When this process last wrote to the log: whoever asks whether it can, need not always write to find out."""

import time
from math import inf

WRITES = frozenset({"PutItem", "UpdateItem", "TransactWriteItems", "BatchWriteItem"})
"""DynamoDB's operations that write items."""

_last = {"at": -inf}  # by the monotonic clock


def note_write() -> None:
    """The log has just acknowledged a write of this process."""
    _last["at"] = time.monotonic()


def seconds_since_write() -> float:
    """Seconds since the log last acknowledged a write of this process; infinite before the first."""
    return time.monotonic() - _last["at"]
