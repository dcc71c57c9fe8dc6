"""`as_of`: a tenant's read models as they were at a time, to be looked at in the staff's admin."""

from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from config.command_arguments import parse_instant
from config.progress import progress
from cqrs.dynamodb.store import store
from cqrs.jobs.running import AlreadyRunning, Cancelled
from cqrs.projector import schema_of
from cqrs.rebuild.past import NotYet, TooManyPasts, as_of, forget, pasts
from cqrs.rebuild.rows import RowFails, VersionLost

FAILED = (AlreadyRunning, NotYet, RowFails, TooManyPasts, VersionLost)


class Command(BaseCommand):
    help = "Show a tenant's read models as they were, in a schema of their own; or list these schemas, or drop one."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("tenant", metavar="TENANT")
        parser.add_argument("at", nargs="?", metavar="TIME", type=parse_instant, help="2026-11-01T00:00:00Z for one")
        parser.add_argument("--list", action="store_true", help="what there is of this tenant")
        parser.add_argument("--drop", action="store_true", help="drop the one of this time")
        parser.add_argument("--by", default="manage.py", help="who asks for it")
        parser.add_argument("--reason", default="", help="why")

    def handle(self, *args: Any, **options: Any) -> None:
        tenant, at = options["tenant"], options["at"]
        if schema_of(tenant) is None:
            raise CommandError(f"no such tenant: {tenant}")
        if options["list"]:
            for past in pasts(tenant):
                self.stdout.write(f"{past.at.isoformat()}  {past.schema}  made {past.made_at.isoformat()}")
        elif at is None:
            raise CommandError("Say a time, or --list.")
        elif options["drop"]:
            self._drop(tenant, at)
        else:
            self._make(tenant, at, options)

    def _make(self, tenant: str, at: datetime, options: dict[str, Any]) -> None:
        try:
            with progress() as tell:
                past = as_of(tenant, at, store=store(), by=options["by"], reason=options["reason"], tell=tell)
        except (Cancelled, KeyboardInterrupt):
            raise CommandError(f"{tenant}: cancelled") from None
        except FAILED as error:
            raise CommandError(f"{type(error).__name__}: {error}") from None
        self.stdout.write(f"{tenant} as of {at.isoformat()}: {past.schema}")

    def _drop(self, tenant: str, at: datetime) -> None:
        found = [past for past in pasts(tenant) if past.at == at]
        if not found:
            raise CommandError(f"{tenant} as of {at.isoformat()} is not there")
        forget(found[0])
        self.stdout.write(f"{found[0].schema}: dropped")
