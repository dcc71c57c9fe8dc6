"""`stream_status`: how far the read models are behind, shard by shard."""

import json
import sys
from collections.abc import Iterator, Sequence
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from config.command_arguments import parse_seconds
from config.status import ShardStatus, Status, status


class Command(BaseCommand):
    help = "Print how far each shard of the stream is behind, what is not shown, and the canary's last song."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="one JSON document")
        parser.add_argument(
            "--fail-above", type=parse_seconds, metavar="SECONDS", help="exit 1 when rows are further behind"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Exit 1 with `--fail-above`, when rows are further behind than that."""
        found = status()
        if options["json"]:
            self.stdout.write(json.dumps(found.as_json()))
        else:
            for line in _lines(found):
                self.stdout.write(line)
        most = options["fail_above"]
        if most is not None and found.lag_seconds > most:
            sys.exit(1)


def _lines(found: Status) -> Iterator[str]:
    yield from _table([("shard", "lag", "holder", "read up to"), *map(_row, found.open)])
    yield f"{len(found.shards) - len(found.open)} closed"
    counts = ", ".join(f"{count} {state}" for state, count in found.not_shown.items())
    yield f"not shown: {counts}" + (", THE BREAKER IS OPEN" if found.breaker_open else "")
    if song := found.song:
        lag = "not measured yet" if song.lag_seconds is None else f"{song.lag_seconds * 1000:.0f} ms"
        yield f"canary: {lag}, {song.age_seconds:.0f} s ago"
    yield f"lag {found.lag_seconds:.1f} s"


def _row(shard: ShardStatus) -> tuple[str, ...]:
    name = f"table, part {shard.segment}" if shard.segment else shard.id
    return name, f"{shard.lag_seconds:.1f} s", shard.holder or "-", shard.checkpoint or "-"


def _table(rows: Sequence[tuple[str, ...]]) -> Iterator[str]:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
