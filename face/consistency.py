"""Reading one's own writes: tokens that a write gives out, and a read that waits for them, a little."""

import math
import re
import time
from collections.abc import Collection, Mapping
from datetime import timedelta
from functools import reduce
from operator import or_

from django.db.models import Q

from cqrs.deadlines import time_left
from cqrs.domain import Version
from cqrs.models import JournalLine
from cqrs.stream.models import Parked
from face.bell import bell
from face.commands import give_back
from face.ids import PUBLIC_SEPARATOR, public_id
from face.refusals import InvalidHeader

WAIT_MOST = timedelta(seconds=1)
"""How long a read waits for the versions its client has written."""

ANSWERING = 0.5
"""Seconds of a request's time that are kept for its answer."""

DEAF_MOST = 0.1
"""Seconds until a waiting read looks by itself, should the bell have been lost meanwhile."""

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


def wait_for(wanted: Mapping[str, int], *, tenant: str, most: timedelta = WAIT_MOST) -> bool:
    """Wait until these versions of the tenant's entities are shown. False when they are not in time, or when one of
    them will not be: nobody waits for what is parked."""
    deadline, listening = time.monotonic() + _patience(most), bell()
    while wanted:
        rings = listening.rings(tenant)
        missing = _missing(wanted)
        if not missing or not _comes(missing):
            return not missing
        left = deadline - time.monotonic()
        if left <= 0:
            return False
        give_back()
        listening.wait(tenant, above=rings, timeout=min(left, DEAF_MOST))
    return True


def _patience(most: timedelta) -> float:
    """Seconds: what is left of the request's time, with some of it kept for the answer."""
    return min(most.total_seconds(), max(0.0, time_left(math.inf) - ANSWERING))


def _missing(wanted: Mapping[str, int]) -> list[str]:
    """The entities of which that version is not shown yet."""
    lines = (Q(entity_id=id, version=version) for id, version in wanted.items())
    shown = JournalLine.objects.filter(reduce(or_, lines)).values_list("entity_id", flat=True)
    return list(wanted.keys() - set(shown))


def _comes(missing: Collection[str]) -> bool:
    """Whether there is one among them that is only late, and not set apart."""
    return Parked.objects.filter(entity_id__in=missing).count() < len(missing)
