"""`drain`: follow the stream until the read models are complete and every reaction has come to its end."""

from typing import Any

from django.core.management.base import BaseCommand

from config.lag import catch_up
from cqrs.reactions.slices import are_underway, react


class Command(BaseCommand):
    help = "Follow the stream until everything written before now is shown, and what follows from it too; then exit."

    def handle(self, *args: Any, **options: Any) -> None:
        lines, handled = catch_up(), 0
        while (more := react()) or are_underway():
            lines, handled = lines + catch_up(), handled + more
        followed = f", {handled} reactions run" if handled else ""
        self.stdout.write(f"caught up, {lines} journal lines written{followed}")
