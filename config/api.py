"""The REST API: every resource there is, under `/api/v1/`."""

from django.urls import include, path

from face.events import Events

urlpatterns = [
    path("", include("todos.api")),
    path("events/", Events.as_view({"get": "list"}), name="api-events"),
    path("events/stream/", Events.as_view({"get": "stream"}), name="api-events-stream"),
]
