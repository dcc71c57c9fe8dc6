"""Reactions as a Django app: handlers are known from the migration of their release on."""

from typing import Any

from django.apps import AppConfig
from django.db import connection
from django.db.models.signals import post_migrate


class ReactionsConfig(AppConfig):
    name = "cqrs.reactions"
    verbose_name = "Reactions"

    def ready(self) -> None:
        post_migrate.connect(_meet_all, sender=self)


def _meet_all(**_: Any) -> None:
    from cqrs.reactions.handlers import meet  # noqa: PLC0415  # models want the apps first

    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('public.reaction_handler')")
        is_made = cursor.fetchone() != (None,)
    if is_made:  # not where migrations went back
        meet()
