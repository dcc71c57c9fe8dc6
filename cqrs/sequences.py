"""Numbers for codes: `ORD-%%no#:0>6%%` and 7 make ORD-000007."""

import re
import threading
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager

from cqrs.domain import Sequence, partition

_FIELD = re.compile(r"%%(?P<name>\w+)(?:#(?P<spec>[^%]*))?%%")
_turns: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)


def sequence_key(tenant: str, type: str) -> tuple[str, str]:
    """Where a tenant's last number of an entity type is counted: `("SEQ#acme", "ORDER")`."""
    return partition("SEQ", tenant), type


def format_code(sequence: Sequence, no: int) -> str:
    """The code of number `no`. KeyError for a field the format does not know."""
    values = {"no": no}
    return _FIELD.sub(lambda field: f"{values[field['name']]:{(field['spec'] or '').lstrip(':')}}", sequence.format)


@contextmanager
def turn(key: tuple[str, str]) -> Iterator[None]:
    """Takers of one gap-free sequence within this process queue here, instead of losing to each other in the store."""
    with _turns["#".join(key)]:
        yield
