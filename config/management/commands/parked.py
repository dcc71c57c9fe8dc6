"""`parked`: entities that are not shown; show them again, or give them up."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from cqrs.dynamodb.store import store
from cqrs.projector.faults import told
from cqrs.projector.unpark import discard, resume, retry
from cqrs.stream.models import Breaker, HeldTenant, Parked

PATIENT = "the id as `parked list` shows it"


class Command(BaseCommand):
    help = "List what is parked or held, show it again after a fix, or discard it. Exit code 1 when a retry fails."

    def add_arguments(self, parser: CommandParser) -> None:
        what = parser.add_subparsers(dest="what", required=True, parser_class=type(parser))
        listing = what.add_parser("list", help="everything that is not shown, oldest first")
        listing.add_argument("--json", action="store_true", help="one JSON document")
        again = what.add_parser("retry", help="show it, all of it in order, from the log")
        again.add_argument("id", nargs="?", help=PATIENT)
        again.add_argument("--all", action="store_true", help="everything that is parked")
        give_up = what.add_parser("discard", help="keep the rows it has; `verify` tells who decided so, and why")
        give_up.add_argument("id", help=PATIENT)
        give_up.add_argument("--reason", default="", help="why; required")
        give_up.add_argument("--by", default="manage.py", help="who decides")
        what.add_parser("resume", help="close the breaker: park again, however many")

    def handle(self, *args: Any, **options: Any) -> None:
        {"list": self._list, "retry": self._retry, "discard": self._discard, "resume": self._resume}[options["what"]](
            options
        )

    def _list(self, options: dict[str, Any]) -> None:
        found = list(Parked.objects.order_by("parked_at").values())
        if options["json"]:
            self.stdout.write(json.dumps(found, default=str))
            return
        for breaker in Breaker.objects.all():
            self.stdout.write(
                f"breaker tripped {timezone.localtime(breaker.tripped_at):%d %b %H:%M:%S}: {breaker.error}"
            )
        for tenant in HeldTenant.objects.order_by("tenant_code"):
            self.stdout.write(f"tenant {tenant.tenant_code} is held: {tenant.error}")
        for each in found:
            why = each["reason"] and f"  ({each['reason']}, {each['decided_by']})"
            self.stdout.write(f"{each['state']:9}  {each['entity_id']}@{each['version']}  {each['error']}{why}")
        self.stdout.write(f"{len(found)} entities are not shown")

    def _retry(self, options: dict[str, Any]) -> None:
        parked = Parked.objects.filter(state=Parked.State.PARKED).values_list("entity_id", flat=True)
        if not options["all"] and not options["id"]:
            raise CommandError("Say which, or --all.")
        failed = [id for id in (list(parked) if options["all"] else [options["id"]]) if not self._shown(id)]
        if failed:
            raise CommandError(f"{len(failed)} still cannot be shown")

    def _shown(self, id: str) -> bool:
        try:
            lines = retry(id, store=store())
        except Parked.DoesNotExist:
            raise CommandError(f"{id} is not parked") from None
        except Exception as error:
            self.stderr.write(f"{id}: {told(error)}")
            return False
        self.stdout.write(f"{id}: shown, {lines} journal lines")
        return True

    def _discard(self, options: dict[str, Any]) -> None:
        try:
            discard(options["id"], reason=options["reason"], by=options["by"])
        except Parked.DoesNotExist:
            raise CommandError(f"{options['id']} is not parked") from None
        except ValueError as error:
            raise CommandError(f"{error} (--reason)") from None
        self.stdout.write(f"{options['id']}: discarded")

    def _resume(self, options: dict[str, Any]) -> None:
        self.stdout.write("closed" if resume() else "the breaker was not open")
