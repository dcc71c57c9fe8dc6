"""The file: a ZIP archive of `facts.ndjson`, `counters.ndjson` and `control.json`, and a manifest that says how much of
each there is and what its digest is.

A fact is a CloudEvent, as the API and webhooks give it, whose `data` is the whole fact.
"""

from collections.abc import Mapping
from dataclasses import fields
from datetime import datetime
from typing import Any

from cqrs.domain import Version
from cqrs.portable import Placed
from cqrs.store import Fact
from face.events import behalf
from face.ids import public_id

FORMAT, FORMAT_VERSION = "tenfold-tenant", 1

FACTS, COUNTERS, CONTROL, MANIFEST = "facts.ndjson", "counters.ndjson", "control.json", "manifest.json"

_FIELDS = [field.name for field in fields(Version) if field.name != "state"]
_TIMES = ("at", "created_at")


def event(placed: Placed) -> dict[str, Any]:
    """A fact as it stands in the file."""
    fact = placed.fact
    return {
        "specversion": "1.0",
        "id": f"{public_id(fact.id)}@{fact.version}",
        "type": f"{fact.type.lower()}.{fact.fact}",
        "source": f"/tenants/{fact.tenant_code}",
        "subject": fact.code or public_id(fact.id),
        "time": fact.at,
        "datacontenttype": "application/json",
        "tenantcode": fact.tenant_code,
        "position": placed.position,
        **behalf(fact.on_behalf_of),
        "data": {**{name: getattr(fact, name) for name in _FIELDS}, "attributes": fact.state},
    }


def fact_of(event: Mapping[str, Any]) -> Fact:
    """The fact of an event. TypeError where it has a field that this release does not know."""
    values = dict(event["data"])
    values |= {name: datetime.fromisoformat(values[name]) for name in _TIMES}
    return Version(**values | {"state": values.pop("attributes")})
