"""`export_tenant`: a whole tenant as one file."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from config.lag import catch_up
from config.progress import progress
from cqrs.dynamodb.store import store
from tenants.archive import export, named


class Command(BaseCommand):
    help = "Write a tenant into a file: every version of everything, counters, people, settings, and a manifest."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("code", metavar="CODE")
        parser.add_argument("--to", required=True, type=Path, metavar="FILE", help="a new file; a ZIP archive")
        parser.add_argument("--by", default="manage.py", help="who asks for it")
        parser.add_argument("--reason", default="", help="why")

    def handle(self, *args: Any, **options: Any) -> None:
        tenant, why = named(options["code"]), {"by": options["by"], "reason": options["reason"]}
        if tenant is None:
            raise CommandError(f"no such tenant: {options['code']}")
        catch_up()
        try:
            with progress() as tell:
                made = export(tenant, options["to"], store=store(), tell=tell, **why)
        except FileExistsError:
            raise CommandError(f"{options['to']} is there already") from None
        except OSError as error:
            raise CommandError(f"nothing was written: {error}") from None
        except KeyboardInterrupt:
            raise CommandError("stopped; nothing is left of it") from None
        self.stdout.write(f"{tenant.code}: {made.facts} facts in {options['to']}")
        self.stdout.write(f"sha256 of its manifest  {made.sha256}")
