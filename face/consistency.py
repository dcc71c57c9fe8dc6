"""Reading one's own writes: tokens that a write gives out, and a read that waits for them, a little."""

import re
import time
from collections.abc import Mapping, Sequence
from datetime import timedelta
from itertools import repeat

from django.db import connection
from django.db.models import Max

from cqrs.domain import Version
from cqrs.log import PUBLIC_SEPARATOR
from cqrs.models import JournalLine
from face.refusals import InvalidHeader

WAIT_MOST = timedelta(seconds=1)
"""How long a read waits for the versions its client has written."""

_PAUSES = (0.004, 0.008, 0.015, *repeat(0.025, 1000))
_TOKEN = re.compile(r"(?P<id>[^@,]{1,500})@(?P<version>\d{1,18})")
TOKENS_MOST = 20


def token(version: Version[object]) -> str:
    """What says that somebody has seen this version: `TODO~acme~TODO~TODO-000001@3`."""
    return f"{public_id(version.id)}@{version.version}"


def public_id(id: str) -> str:
    """An id as clients see it."""
    return id.replace("#", PUBLIC_SEPARATOR)


def written(header: str | None, *, tenant: str) -> dict[str, int]:
    """The newest version of each entity that a Consistency-Token header names. InvalidHeader, also for another
    tenant's."""
    if not header:
        return {}
    found: dict[str, int] = {}
    for part in header.split(","):
        match = _TOKEN.fullmatch(part.strip())
        if not match or match["id"].split(PUBLIC_SEPARATOR)[1:2] != [tenant] or len(found) >= TOKENS_MOST:
            raise InvalidHeader("This is not a Consistency-Token of this tenant.", header="Consistency-Token")
        id = match["id"].replace(PUBLIC_SEPARATOR, "#")
        found[id] = max(int(match["version"]), found.get(id, 0))
    return found


def wait_for(wanted: Mapping[str, int], *, most: timedelta = WAIT_MOST) -> bool:
    """Wait until these versions are shown. False when they are not in time."""
    deadline = time.monotonic() + most.total_seconds()
    for pause in _PAUSES:
        if _are_shown(wanted):
            return True
        if time.monotonic() + pause > deadline:
            break
        if not connection.in_atomic_block:
            connection.close()  # back to the pool: there are fewer connections than requests that may wait
        time.sleep(pause)
    return False


def _are_shown(wanted: Mapping[str, int]) -> bool:
    if not wanted:
        return True
    ids: Sequence[str] = list(wanted)
    shown = JournalLine.objects.filter(entity_id__in=ids).values_list("entity_id").annotate(Max("version")).order_by()
    newest = dict(shown)
    return all(newest.get(id, 0) >= version for id, version in wanted.items())
