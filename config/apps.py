"""The composition root as a Django app: its commands, templates and static files, and every app's projections,
reactions and hooks."""

from importlib import import_module

from django.apps import AppConfig
from django.conf import settings
from django.utils.module_loading import autodiscover_modules

from config.tracing import start
from cqrs import personal


class Config(AppConfig):
    """Once all models are there, the kernel is told who has the keys of persons, by every app's `projections` what is
    shown, by its `reactions` what follows; `tenants` by its `hooks`; traces begin."""

    name = "config"
    verbose_name = "Tenfold"

    def ready(self) -> None:
        from cqrs.personal.postgres import PostgresKeys  # noqa: PLC0415  # models are there now

        if settings.MASTER_KEY:  # without one, nothing starts (config.deployment), and no other is made up
            personal.use(PostgresKeys(settings.MASTER_KEY))
        autodiscover_modules("projections", "reactions", "hooks")
        import_module("config.checks")  # they look at every app
        import_module("config.deployment")
        import_module("config.edge.checks")
        import_module("config.pooling")
        import_module("config.process_signs")
        start()
