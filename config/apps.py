"""The composition root as a Django app: its commands, templates and static files, and every app's projections and
reactions."""

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules

from config.tracing import start


class Config(AppConfig):
    """Once all models are there, every app's `projections` tells the kernel what it shows, its `reactions` what
    follows; traces begin."""

    name = "config"
    verbose_name = "Tenfold"

    def ready(self) -> None:
        autodiscover_modules("projections", "reactions")
        start()
