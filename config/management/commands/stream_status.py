"""`stream_status`: how far the read models are behind, shard by shard."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from config.lag import lag_seconds
from cqrs.stream.models import Shard


class Command(BaseCommand):
    help = "Print each shard of the stream with its checkpoint and its lag."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="one JSON document")

    def handle(self, *args: Any, **options: Any) -> None:
        shards = list(Shard.objects.order_by("id").values("id", "parent", "checkpoint", "is_closed", "caught_up_at"))
        if options["json"]:
            self.stdout.write(json.dumps({"lag_seconds": lag_seconds(), "shards": shards}, default=str))
            return
        for shard in shards:
            state = "closed" if shard["is_closed"] else f"complete up to {shard['caught_up_at']:%H:%M:%S}"
            self.stdout.write(f"{shard['id']}  {state}  checkpoint {shard['checkpoint'] or '-'}")
        self.stdout.write(f"lag {lag_seconds():.1f} s")
