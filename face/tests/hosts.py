"""The URLs of a tenant's host, and those of the second entity."""

from django.urls import include, path

from config.urls import urlpatterns as shipped

urlpatterns = [path("api/v1/", include("face.tests.notes")), *shipped]
