"""The kernel as a Django app: it finds every app's `projections` and `api` by itself."""

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class CqrsConfig(AppConfig):
    name = "cqrs"
    verbose_name = "Log and journal"

    def ready(self) -> None:
        autodiscover_modules("projections")
