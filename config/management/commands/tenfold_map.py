"""`manage.py tenfold_map`: entity, rules, facts, rows and routes on one page."""

from typing import Any

from django.core.management.base import BaseCommand

from config.map import lines


class Command(BaseCommand):
    """Prints the map of the application; asks no store."""

    help = "Print each entity with its rules, facts, rows and routes."

    def handle(self, *args: Any, **options: Any) -> None:
        """Print it."""
        for line in lines():
            self.stdout.write(line)
