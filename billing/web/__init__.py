"""Billing's pages: what a tenant has and uses, changing its plan, its invoices."""

from django.urls import path

from billing.api.invoices import STAFFS
from billing.web import behind, change, invoices, plan

urlpatterns = [
    path("", plan.overview, name="billing"),
    path("change/", change.change, name="billing-change"),
    path("cancel/", plan.cancel, name="billing-cancel"),
    path("resume/", plan.resume, name="billing-resume"),
    path("usage/", plan.usage, name="billing-usage"),
    path("invoices/", invoices.many, name="billing-invoices"),
    path("invoices/<str:code>/", invoices.one, name="billing-invoice"),
    path("invoices/<str:code>/lines/<int:number>/", behind.explain, name="billing-explain"),
    *(path(f"invoices/<str:code>/{rule}/", invoices.staff_only, name=f"billing-{rule}") for rule in STAFFS),
]
