"""The stream's bookkeeping, an app of its own: its table is in the public schema, not in each tenant's."""

from django.apps import AppConfig


class StreamConfig(AppConfig):
    name = "cqrs.stream"
    label = "stream"
    verbose_name = "Projections"
