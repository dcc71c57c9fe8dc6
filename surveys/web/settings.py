"""A survey's title, description and settings, as the builder's form sends them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils import timezone

from surveys.domain.questions import FLAGS


def settings_from(form: Mapping[str, str]) -> dict[str, Any]:
    """What `edit` takes. What cannot be read stays as it was typed, to be refused where it stands."""
    settings: dict[str, Any] = {name: name in form for name in FLAGS}
    settings["closes_at"] = _instant(form.get("closes_at", ""))
    most = form.get("max_responses", "").strip()
    settings["max_responses"] = int(most) if most.isascii() and most.isdigit() and len(most) < 10 else most or None
    return {"title": form.get("title", ""), "description": form.get("description", ""), "settings": settings}


def _instant(text: str) -> str | None:
    """A time as it is typed is one of the workspace's zone."""
    try:
        return timezone.make_aware(datetime.fromisoformat(text)).isoformat()
    except ValueError:  # nothing, an instant that has its zone, or no time at all
        return text or None
