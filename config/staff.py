"""The staff admin's looks, and its menu: every page there is, by what it is for."""

from typing import Any

from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import reverse_lazy

MENU = {
    "Customers": {
        "tenants.tenant": ("Tenants", "apartment"),
        "tenants.user": ("People", "person"),
        "tenants.membership": ("Memberships", "group"),
        "tenants.domain": ("Domains", "language"),
        "tenants.apikey": ("API keys", "key"),
        "plans.planversion": ("Plans", "workspace_premium"),
        "plans.standing": ("Subscriptions", "credit_score"),
        "webhooks.endpoint": ("Webhooks", "webhook"),
        "webhooks.delivery": ("Webhook deliveries", "outbox"),
        "face.auditline": ("Audit", "history_edu"),
    },
    "Their data": {
        "cqrs.journalline": ("Journal", "receipt_long"),
        "todos.todorow": ("Todos", "task_alt"),
        "orders.productrow": ("Products", "sell"),
        "orders.stockrow": ("Stock", "inventory_2"),
        "orders.orderrow": ("Orders", "shopping_cart"),
        "orders.holdrow": ("Holds", "hourglass_top"),
        "orders.taxraterow": ("Tax rates", "percent"),
        "surveys.surveyrow": ("Surveys", "ballot"),
        "surveys.formrow": ("Published versions", "inventory"),
        "surveys.responserow": ("Responses", "mark_email_read"),
        "billing.subscriptionrow": ("Subscription", "card_membership"),
        "billing.invoicerow": ("Invoices", "request_quote"),
    },
    "Operations": {
        "stream.shard": ("Stream", "waves"),
        "stream.parked": ("Parked entities", "report"),
        "stream.heldtenant": ("Held tenants", "pause_circle"),
        "stream.breaker": ("Breaker", "power_off"),
        "reactions.cursor": ("Reactions", "bolt"),
        "reactions.skipped": ("Skipped facts", "skip_next"),
        "jobs.job": ("Jobs", "hourglass"),
    },
}
"""Group → model → title and icon (Material Symbols)."""


def unfold() -> dict[str, Any]:
    """The setting UNFOLD."""
    groups = [{"title": title, "items": [_item(*each) for each in pages.items()]} for title, pages in MENU.items()]
    return {
        "SITE_TITLE": "Tenfold staff",
        "SITE_HEADER": "Tenfold",
        "SITE_FAVICONS": [{"rel": "icon", "type": "image/svg+xml", "href": lambda _: static("icon.svg")}],
        "SIDEBAR": {"show_search": True, "show_all_applications": False, "navigation": groups},
    }


def _item(model: str, shown: tuple[str, str]) -> dict[str, Any]:
    title, icon = shown
    app, _, name = model.partition(".")

    def is_shown(request: HttpRequest) -> bool:
        return request.user.has_perm(f"{app}.view_{name}")

    link = reverse_lazy(f"admin:{app}_{name}_changelist")
    return {"title": title, "icon": icon, "link": link, "permission": is_shown}
