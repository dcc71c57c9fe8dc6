"""The shop's cards of the dashboard: what waits to be done, what sells, what runs low."""

from typing import Any

from django.http import HttpRequest
from django.utils.formats import date_format

from face.cards import Card
from face.charts import chart
from orders.domain import Status
from orders.queries import low_shelves, orders, placed_by_day, waiting_by_status

SHOWN = 5
DAYS = 14

OPEN = (Status.PENDING, Status.CONFIRMED, Status.PROCESSING)
"""Statuses in which an order waits for somebody here."""


def waiting(_: HttpRequest) -> dict[str, Any]:
    """How many orders wait in which status, and the newest of them all."""
    counted = waiting_by_status(OPEN)
    newest = orders().filter(is_deleted=False).order_by("-placed_at", "-id")[:SHOWN]
    return {"statuses": [(status, counted.get(status, 0)) for status in OPEN], "orders": newest}


def sales(_: HttpRequest) -> dict[str, Any]:
    """Orders placed on each of the last days."""
    days = placed_by_day(DAYS)
    labels = [date_format(day, "j M") for day, _ in days]
    return {"chart": chart("Orders by day", labels, {"Orders": [number for _, number in days]}, kind="bars")}


def low(_: HttpRequest) -> dict[str, Any]:
    """Products of which there are few."""
    return {"products": low_shelves()[:SHOWN]}


CARDS = (
    Card("orders:read", "orders/card.html", waiting),
    Card("inventory:read", "inventory/card.html", low),
    Card("orders:read", "orders/card_sales.html", sales),
)
