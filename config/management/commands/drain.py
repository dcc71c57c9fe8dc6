"""`drain`: follow the stream until the read models are complete."""

from typing import Any

from django.core.management.base import BaseCommand

from config.lag import database_now, is_behind
from cqrs.stream.slices import follow


class Command(BaseCommand):
    help = "Follow the stream until everything written before now is shown, then exit."

    def handle(self, *args: Any, **options: Any) -> None:
        since, lines = database_now(), follow()
        while is_behind(since):
            lines += follow(looks=2)
        self.stdout.write(f"caught up, {lines} journal lines written")
