"""`manage.py run_billing`: everything that is due, now or by another time."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from billing.clerk import real_time
from billing.runs import active, watched
from config.command_arguments import parse_instant
from config.progress import progress
from cqrs.jobs.running import AlreadyRunning, Cancelled


class Command(BaseCommand):
    """Closes periods, renews, ends trials, and marks what is past due. Safe to repeat, at once, and late."""

    help = "Bill what is due: periods that are over, trials that end, amounts that are past due. Safe to repeat."

    def add_arguments(self, parser: CommandParser) -> None:
        """Which time it is, and whose."""
        then = "as if it were then, 2026-12-01T00:00:00Z; else it is now"
        parser.add_argument("--now", type=parse_instant, metavar="TIME", help=then)
        parser.add_argument("--tenant", default="", help="only this one's")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run, and say what was done; exit code 1 where a tenant's run broke off."""
        if options["tenant"] and options["tenant"] not in active():
            raise CommandError(f"There is no active tenant {options['tenant']!r}.")
        tenants = [options["tenant"]] if options["tenant"] else None
        now = options["now"] or real_time()
        try:
            with progress() as tell:
                ran = watched(now=now, by="operator", tell=tell, tenants=tenants)
        except AlreadyRunning:
            raise CommandError("A run is under way; it does what is due.") from None
        except Cancelled:
            raise CommandError("It was cancelled; what is due is still due.") from None
        self.stdout.write(f"{ran.tenants} subscriptions looked at, {ran.facts} facts made")
        if ran.failed:
            raise CommandError("\n".join(f"{code}: {why}" for code, why in ran.failed))
