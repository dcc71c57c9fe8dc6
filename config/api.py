"""The REST API: every resource there is, under `/api/v1/`."""

from django.urls import URLPattern, path

from face.events import Events
from todos import api as todos

urlpatterns: list[URLPattern] = [
    *todos.urlpatterns,
    path("events/", Events.as_view({"get": "list"}), name="api-events"),
    path("events/stream/", Events.as_view({"get": "stream"}), name="api-events-stream"),
]
