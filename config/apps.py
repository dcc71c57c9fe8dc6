"""The composition root as a Django app, for its commands, templates and static files."""

from django.apps import AppConfig


class Config(AppConfig):
    """Commands `up`, `doctor` and `reset`; the shell of every page."""

    name = "config"
    verbose_name = "Tenfold"
