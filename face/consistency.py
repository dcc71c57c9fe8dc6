"""Reading one's own writes: tokens that a write gives out, and a read that waits for them, a little."""

import re
import time
from collections.abc import Mapping
from datetime import timedelta
from functools import reduce
from itertools import repeat
from operator import or_

from django.db.models import Q

from cqrs.domain import Version
from cqrs.models import JournalLine
from face.commands import give_back
from face.ids import PUBLIC_SEPARATOR, public_id
from face.refusals import InvalidHeader

WAIT_MOST = timedelta(seconds=1)
"""How long a read waits for the versions its client has written."""

_PAUSES = (0.004, 0.008, 0.015, *repeat(0.025, 1000))
_TOKEN = re.compile(r"(?P<id>[^@,]{1,500})@(?P<version>\d{1,18})")
TOKENS_MOST = 20


def token(version: Version[object]) -> str:
    """What says that somebody has seen this version: `TODO~acme~TODO~TODO-000001@3`."""
    return f"{public_id(version.id)}@{version.version}"


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
        give_back()
        time.sleep(pause)
    return False


def _are_shown(wanted: Mapping[str, int]) -> bool:
    if not wanted:
        return True
    lines = (Q(entity_id=id, version=version) for id, version in wanted.items())
    return JournalLine.objects.filter(reduce(or_, lines)).count() == len(wanted)
