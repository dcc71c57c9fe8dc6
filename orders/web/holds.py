"""The pages of holds: which units are kept for whom and until when, and the button that lets them go."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django.urls import URLPattern, path

from face.histories import Moment
from face.screens import Screens
from face.web import signed_in
from orders.domain import UNITS
from orders.queries import HOLDS


class Holds(Screens[Any]):
    """Holds are made by carts, through the API; here they are seen and released."""

    def urls(self) -> list[URLPattern]:
        reads, writes = signed_in(f"{self.many}:read"), signed_in(f"{self.many}:write")
        return [
            path("", reads(self.list), name=self.many),
            path("<str:code>/", reads(self.detail), name=self.one),
            path("<str:code>/<str:rule>/", writes(self.ask), name=f"{self.one}-rule"),
        ]

    def told(self, moments: Sequence[Moment[Any]]) -> Sequence[Moment[Any]]:
        """What each did to stock says it all."""
        return [replace(each, changes=[]) for each in moments]


PAGES = Holds(HOLDS, one="hold", but=("expire", "take"), counter=UNITS)
