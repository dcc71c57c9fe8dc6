"""`rebuild`: read models made again from the log, while they are read and written."""

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import OperationalError

from config.progress import progress
from cqrs.dynamodb.store import store
from cqrs.jobs.running import AlreadyRunning, Cancelled
from cqrs.projector import schema_of
from cqrs.rebuild import rebuild
from cqrs.rebuild.rows import RowFails, VersionLost
from cqrs.rebuild.run import NoRows, models_of
from cqrs.rebuild.series import scan, start_over
from cqrs.rebuild.swap import Changed
from cqrs.stream.follow import PAUSE
from cqrs.stream.models import JournalHead, Shard
from cqrs.stream.slices import follow

FAILED = (AlreadyRunning, RowFails, VersionLost, Changed, TimeoutError, OperationalError)


class Command(BaseCommand):
    help = "Make read models again from the log, without downtime; journal, cursors and effects stay as they are."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("entity", nargs="*", metavar="ENTITY", help="types such as TODO; all unless given")
        parser.add_argument("--tenant", action="append", default=[], help="this tenant only; may be repeated")
        parser.add_argument("--from-log", action="store_true", help="after a journal was lost: read the whole log")
        parser.add_argument("--by", default="manage.py", help="who asks for it")
        parser.add_argument("--reason", default="", help="why")

    def handle(self, *args: Any, **options: Any) -> None:
        types = [each.upper() for each in options["entity"]]
        tenants = options["tenant"] or list(JournalHead.objects.order_by("tenant_code").values_list("pk", flat=True))
        try:
            models_of(types)
        except NoRows as error:
            raise CommandError(f"nothing is shown of {error}") from None
        if unknown := [code for code in tenants if schema_of(code) is None]:
            raise CommandError(f"no such tenant: {', '.join(unknown)}")
        if options["from_log"]:
            self._from_log(tenants)
            return
        failed = [code for code in tenants if not self._rebuilt(code, types, options)]
        if failed:
            raise CommandError(f"not rebuilt: {', '.join(failed)}")

    def _from_log(self, tenants: list[str]) -> None:
        begun, lines = [code for code in tenants if start_over(code)], 0
        segments = Shard.objects.filter(id__startswith=scan())
        with progress() as tell:
            while left := segments.filter(is_closed=False).count():
                tell("the log, in segments", segments.count() - left, segments.count())
                lines += follow(looks=2)
                time.sleep(PAUSE)
        self.stdout.write(f"begun anew: {', '.join(begun) or 'none'}; {lines} journal lines written here")

    def _rebuilt(self, tenant: str, types: list[str], options: dict[str, Any]) -> bool:
        try:
            with progress() as tell:
                why = {"by": options["by"], "reason": options["reason"]}
                rows = rebuild(tenant, types, store=store(), tell=tell, **why)
        except (Cancelled, KeyboardInterrupt):
            raise CommandError(f"{tenant}: cancelled; its tables are as they were") from None
        except FAILED as error:
            self.stderr.write(f"{tenant}: {type(error).__name__}: {error}")
            return False
        self.stdout.write(f"{tenant}: {rows} rows made")
        return True
