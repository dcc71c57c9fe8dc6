"""Billing's REST resources."""

from typing import Any

from django.urls import URLPattern, path

from billing.api.invoices import STAFFS, Invoices, StaffRule
from billing.api.plans import Plans
from billing.api.subscription import Singleton
from billing.api.usage import UsageOf
from billing.queries import INVOICES, SUBSCRIPTIONS
from face.resource import urls


def _subscription(route: str, actions: Any, name: str, rule: str = "") -> URLPattern:
    view = Singleton.as_view(actions, listing=SUBSCRIPTIONS, rule=rule)
    return path(f"subscription/{route}", view, name=f"api-subscription{name}")


urlpatterns: list[URLPattern] = [
    path("plans/", Plans.as_view({"get": "list"}), name="api-plans"),
    path("plans/<slug:code>/", Plans.as_view({"get": "retrieve"}), name="api-plans-one"),
    _subscription("", {"get": "retrieve"}, ""),
    _subscription("history/", {"get": "history"}, "-history"),
    _subscription("quote/", {"post": "quote"}, "-quote"),
    _subscription("plan/", {"patch": "change_plan"}, "-plan"),
    _subscription("change_plan/", {"post": "change_plan"}, "-change-plan"),
    _subscription("cancel/", {"post": "ask"}, "-cancel", "cancel"),
    _subscription("resume/", {"post": "ask"}, "-resume", "resume"),
    path("invoices/preview/", Invoices.as_view({"get": "preview"}, listing=INVOICES), name="api-invoices-preview"),
    *urls(INVOICES, view=Invoices, but=("issue", "lower", *STAFFS)),
    *(
        path(f"invoices/<str:name>/{rule}/", StaffRule.as_view({"post": "ask"}), name=f"api-invoices-{rule}")
        for rule in STAFFS
    ),
    path("usage/", UsageOf.as_view({"get": "current"}), name="api-usage"),
    path("usage/events/", UsageOf.as_view({"post": "events"}), name="api-usage-events"),
    path("usage/<str:month>/", UsageOf.as_view({"get": "month"}), name="api-usage-month"),
    path("usage/<str:month>/<str:metric>/", UsageOf.as_view({"get": "facts"}), name="api-usage-facts"),
]
