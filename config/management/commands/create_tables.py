"""`create_tables`: the two DynamoDB tables."""

from typing import Any

from django.core.management.base import BaseCommand

from cqrs.dynamodb.tables import create_tables


class Command(BaseCommand):
    help = "Create the DynamoDB tables that are missing. Safe to repeat."

    def handle(self, *args: Any, **options: Any) -> None:
        created = create_tables()
        self.stdout.write(f"created {', '.join(created)}" if created else "nothing to create")
