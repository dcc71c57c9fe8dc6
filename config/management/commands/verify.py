"""`verify`: the log, folded again, beside everything that follows from it."""

import json
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from config.command_arguments import parse_count, parse_seconds
from config.progress import progress
from cqrs.dynamodb.store import store
from cqrs.dynamodb.stream import DynamoSource
from cqrs.projector import schema_of
from cqrs.verify import Difference, verify
from cqrs.verify.run import WAIT


class Command(BaseCommand):
    help = "Compare the log with read models, journal, ledger and counters. Exit code 1 on any difference."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--tenant", action="append", default=[], help="this tenant only; may be repeated")
        parser.add_argument(
            "--sample", type=parse_count, metavar="N", help="N entities, picked at random, and nothing else"
        )
        parser.add_argument(
            "--wait", type=parse_seconds, default=WAIT, metavar="S", help="seconds for the stream to catch up"
        )
        parser.add_argument("--json", action="store_true", help="one JSON document")

    def handle(self, *args: Any, **options: Any) -> None:
        if unknown := [code for code in options["tenant"] if schema_of(code) is None]:
            raise CommandError(f"no such tenant: {', '.join(unknown)}")
        faults, found = 0, list[Difference]()
        with progress() as tell:
            for each in verify(
                options["tenant"],
                source=DynamoSource(),
                store=store(),
                sample=options["sample"],
                wait=options["wait"],
                tell=tell,
            ):
                faults += each.is_fault
                if options["json"]:
                    found.append(each)
                else:
                    self.stdout.write(str(each))
        if options["json"]:
            self.stdout.write(json.dumps({"faults": faults, "differences": [asdict(each) for each in found]}))
        elif not faults:
            self.stdout.write("clean")
        if faults:
            raise CommandError(f"{faults} differences")
