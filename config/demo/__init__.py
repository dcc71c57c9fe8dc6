"""The demo: what two teams might have on their plates, on their shelves and to ask. Real commands make it."""

from datetime import date

from config.demo.shop import SHOPS
from config.demo.shop import seed as seed_shop
from config.demo.surveys import seed as seed_surveys
from config.demo.todos import ITEMS
from config.demo.todos import seed as seed_todos
from cqrs.domain import Actor

__all__ = ["ITEMS", "SHOPS", "seed"]


def seed(tenant: str, *, by: Actor, today: date) -> str:
    """Make what was never made of a tenant's demo, whatever became of it since; answers what that was."""
    todos, (products, orders) = seed_todos(tenant, by=by, today=today), seed_shop(tenant, by=by)
    surveys = seed_surveys(tenant, by=by)
    return f"{todos} todos, {products} products, {orders} orders, {surveys} surveys made"
