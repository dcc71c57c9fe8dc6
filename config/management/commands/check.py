"""`check`: Django's, which also says in words that PostgreSQL is away, and what else is wrong all the same."""

from typing import Any

from django.core.management.base import CommandError
from django.core.management.commands import check
from django.db import OperationalError

TAGS = ["tenfold"]
"""The checks of ours; they ask no store unless a database is named."""


class Command(check.Command):
    def handle(self, *app_labels: Any, **options: Any) -> None:
        """Exit 1 where something is wrong. Django asks PostgreSQL for its version while it looks at models."""
        try:
            super().handle(*app_labels, **options)
        except LookupError as error:
            raise CommandError(str(error)) from None
        except OperationalError as error:
            self.check(tags=TAGS, include_deployment_checks=options["deploy"])
            raise CommandError(f"PostgreSQL does not answer, so that the rest stays unchecked: {error}") from None
