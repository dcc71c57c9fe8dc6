"""`restore_tenant`: a new tenant from a file, or from the log of another."""

from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from config.command_arguments import parse_instant
from config.lag import catch_up
from config.progress import progress
from cqrs.domain import Refused
from cqrs.dynamodb.store import store
from cqrs.dynamodb.stream import DynamoSource
from cqrs.jobs.running import AlreadyRunning, Cancelled
from cqrs.progress import Tell
from cqrs.verify import verify
from tenants.archive import Corrupt, IsThere, Source, from_file, from_tenant, named, restore


class Command(BaseCommand):
    help = "Make a new tenant from an exported file, or from another tenant's log; never over one that is there."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("source", metavar="FILE|CODE", help="an exported file, or the code of a tenant")
        parser.add_argument("--into", metavar="CODE", help="the new tenant's code; else the one the file names")
        parser.add_argument(
            "--as-of", type=parse_instant, metavar="TIME", help="as its log was then, 2026-11-01T00:00Z"
        )
        parser.add_argument("--no-verify", action="store_true", help="do not verify it at the end: that reads all logs")
        parser.add_argument("--by", default="manage.py", help="who asks for it")
        parser.add_argument("--reason", default="", help="why")

    def handle(self, *args: Any, **options: Any) -> None:
        begun = timezone.now()
        try:
            with progress() as tell:
                source = _source(options, tell)
                into = options["into"] or source.control.code
                why = {"by": options["by"], "reason": options["reason"]}
                facts = restore(source, into=into, store=store(), tell=tell, **why)
        except Corrupt as error:
            raise CommandError(f"nothing was done: {error}") from None
        except IsThere as error:
            raise CommandError(f"nothing was done: there is a tenant {error} already") from None
        except (Refused, LookupError, AlreadyRunning) as error:
            raise CommandError(str(error)) from None
        except ValidationError as error:
            raise CommandError("; ".join(error.messages)) from None
        except OSError as error:
            raise CommandError(f"nothing was done: {error}") from None
        except (Cancelled, KeyboardInterrupt):
            raise CommandError("stopped half-way; the same command finishes it") from None
        seconds = (timezone.now() - begun).total_seconds()
        self.stdout.write(f"{into}: {facts} facts in {seconds:.1f} s, {facts / seconds:.0f} a second")
        if not options["no_verify"]:
            self._verify(into)

    def _verify(self, into: str) -> None:
        with progress() as tell:
            found = list(verify([into], source=DynamoSource(), store=store(), tell=tell))
        for each in found:
            self.stdout.write(str(each))
        if any(each.is_fault for each in found):
            raise CommandError(f"{into} is there, but not whole")
        self.stdout.write("clean")


def _source(options: dict[str, Any], tell: Tell) -> Source:
    path, as_of = Path(options["source"]), options["as_of"]
    if as_of and as_of > timezone.now():
        raise CommandError("this time has not come")
    if path.is_file():
        return from_file(path, as_of=as_of, tell=tell)
    tenant = named(options["source"])
    if tenant is None:
        raise CommandError(f"{path} is neither a file nor a tenant")
    if options["into"] is None:
        raise CommandError("say --into which new tenant")
    catch_up()
    return from_tenant(tenant, store=store(), as_of=as_of)
