"""`create_tables`: the two DynamoDB tables."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from cqrs.dynamodb.features import TableUnfit
from cqrs.dynamodb.tables import create_tables


class Command(BaseCommand):
    help = "Create the DynamoDB tables that are missing, and give each what it lacks. Safe to repeat."

    def handle(self, *args: Any, **options: Any) -> None:
        """Exit 1 where a table cannot be made what it must be."""
        try:
            self.stdout.write(str(create_tables()) or "nothing to do")
        except TableUnfit as error:
            raise CommandError(str(error)) from None
