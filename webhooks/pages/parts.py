"""What both pages show: an endpoint's state in a word, and the events there are to choose from."""

from itertools import groupby
from typing import Any

from django.http import HttpRequest

from cqrs.domain import Refused
from webhooks.models import Endpoint
from webhooks.queue import EVERYTHING, event_types
from webhooks.targets import check_target

MANAGE = "webhooks:manage"
DESCRIPTION_MOST = 500


class NoEvents(Refused):
    """Choose which events are posted."""


def state_of(endpoint: Endpoint) -> str:
    """`active`, `failing`, `paused`, or `off` where it was switched off by itself."""
    if not endpoint.is_active:
        return "off" if endpoint.disabled_reason else "paused"
    return "failing" if endpoint.failing_since else "active"


def offered() -> list[tuple[str, list[str]]]:
    """The types of events by entity, each after the one that stands for all of the entity: `order.*`."""
    by_entity = groupby(sorted(event_types()), key=lambda type: type.partition(".")[0])
    return [(entity, [f"{entity}.*", *types]) for entity, types in by_entity]


def typed(request: HttpRequest) -> dict[str, Any]:
    """The `url`, `events` and `description` of a form, once it was seen that one may post there. NoEvents; InvalidUrl,
    NotPublic, PortClosed."""
    form = request.POST
    events = [EVERYTHING] if EVERYTHING in form.getlist("events") else form.getlist("events")
    if not events:
        raise NoEvents(pointer="/events")
    description = form.get("description", "").strip()[:DESCRIPTION_MOST]
    check_target(url := form.get("url", "").strip())
    return {"url": url, "events": events, "description": description}
