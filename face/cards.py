"""A card of the dashboard: each app says what its own shows; the composition root lays them out."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest


@dataclass(frozen=True, slots=True)
class Card:
    """What an app shows at a glance to whoever may `permission`; `about` gives `template` what it tells."""

    permission: str
    template: str
    about: Callable[[HttpRequest], dict[str, Any]]
