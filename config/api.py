"""The REST API: every resource there is, under `/api/v1/`."""

from django.urls import path

from face.events import Events
from face.resource import urls
from todos.api import Todos

urlpatterns = [
    *urls(Todos),
    path("events/", Events.as_view({"get": "list"}), name="api-events"),
    path("events/stream/", Events.as_view({"get": "stream"}), name="api-events-stream"),
]
