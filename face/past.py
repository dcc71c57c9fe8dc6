"""What was: one version as a query asks for it, and versions as a history tells them."""

import re
from datetime import datetime
from typing import Any

from django.utils.dateparse import parse_datetime

from cqrs.domain import Entity, Version, clamp_to_utc
from cqrs.log import Log, diff
from cqrs.personal import opened_ip
from face.refusals import InvalidParameter


def asked(log: Log, entity: Entity[Any, ...], sk: str, given: dict[str, str]) -> Version[Any]:
    """`?version=3`, `?as_of=` a time, or `?consistent=true`. NotFound, InvalidParameter."""
    match given:
        case {"version": text, **rest} if not rest:
            return log.get(entity, sk, version=number(text, name="version"))
        case {"as_of": text, **rest} if not rest:
            return log.get(entity, sk, as_of=instant(text))
        case {"consistent": "true" | "1", **rest} if not rest:
            return log.get(entity, sk)
    raise InvalidParameter("One of ?version=3, ?as_of=<RFC 3339 time>, ?consistent=true.", pointer="?")


def told(version: Version[Any], before: object | None) -> dict[str, Any]:
    """A version as JSON, with what it changed."""
    changes = diff(before, version.state)
    return {
        "version": version.version,
        "fact": version.fact,
        "args": version.args,
        "by": version.by,
        "on_behalf_of": version.on_behalf_of,
        "at": version.at,
        "ip": opened_ip(version),
        "request_id": version.request_id,
        "diff": [{"field": each.field, "before": each.before, "after": each.after} for each in changes],
    }


def number(text: str, *, name: str) -> int:
    """A version in a query. InvalidParameter."""
    if not re.fullmatch(r"[0-9]{1,18}", text):
        raise InvalidParameter(f"{name} is a version number.", pointer=f"?{name}")
    return int(text)


def instant(text: str) -> datetime:
    """A time as RFC 3339 writes it; UTC where it does not say. InvalidParameter."""
    try:
        at = parse_datetime(text.replace(" ", "+"))
    except ValueError:
        at = None
    if at is None:
        raise InvalidParameter("as_of is a time as RFC 3339 writes it.", pointer="?as_of")
    return clamp_to_utc(at)
