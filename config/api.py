"""The REST API: every resource there is, under `/api/v1/`."""

from django.urls import URLPattern, path

from billing import api as billing
from face.events import Events
from face.sequences import Sequences
from orders import api as orders
from surveys import api as surveys
from tenants import api as tenants
from todos import api as todos
from webhooks import api as webhooks

urlpatterns: list[URLPattern] = [
    *todos.urlpatterns,
    *orders.urlpatterns,
    *surveys.urlpatterns,
    *billing.urlpatterns,
    *tenants.urlpatterns,
    *webhooks.urlpatterns,
    path("sequences/", Sequences.as_view({"get": "list"}), name="api-sequences"),
    path(
        "sequences/<str:type>/",
        Sequences.as_view({"get": "retrieve", "patch": "partial_update"}),
        name="api-sequences-one",
    ),
    path("events/", Events.as_view({"get": "list"}), name="api-events"),
    path("events/stream/", Events.as_view({"get": "stream"}), name="api-events-stream"),
]
