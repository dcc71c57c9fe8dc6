"""`erase_person`: somebody who asks to be forgotten is."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import OperationalError

from config.progress import progress
from cqrs.dynamodb.store import store
from cqrs.jobs.running import AlreadyRunning, Cancelled
from cqrs.rebuild.rows import RowFails, VersionLost
from cqrs.rebuild.swap import Changed
from tenants.archive import named
from tenants.erasure import NobodyKnown, StillOwner, erase, found

HINDERED = (AlreadyRunning, Changed, OperationalError, RowFails, TimeoutError, VersionLost)


class Command(BaseCommand):
    help = "Erase a person: destroy their keys, make rows again without them, end memberships, replace name and e-mail."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "person", metavar="PERSON", help="a user's e-mail or id; with --tenant, any person's id there"
        )
        parser.add_argument("--tenant", metavar="CODE", help="in this tenant only; they stay a user")
        parser.add_argument("--reason", required=True, help="why: it stands on the audit; without their name, please")
        parser.add_argument("--by", default="manage.py", help="who asks for it")

    def handle(self, *args: Any, **options: Any) -> None:
        code, reason = options["tenant"], options["reason"].strip()
        tenant = named(code) if code else None
        if code and tenant is None:
            raise CommandError(f"no such tenant: {code}")
        if not reason:
            raise CommandError("Say why.")
        try:
            person = found(options["person"], tenant=tenant)
            with progress() as tell:
                why = {"by": options["by"], "reason": reason}
                done = erase(person, everywhere=tenant is None, store=store(), tell=tell, **why)
        except NobodyKnown as error:
            raise CommandError(f"nothing is kept of {error}") from None
        except StillOwner as error:
            raise CommandError(f"nothing was done: they are the only owner of {error}; give it another first") from None
        except (Cancelled, KeyboardInterrupt):
            raise CommandError("stopped half-way; the same command goes on") from None
        except HINDERED as error:
            raise CommandError(f"{type(error).__name__}: {error}; the same command goes on") from None
        self.stdout.write(
            f"{person.id}: {done.keys} keys destroyed, {done.memberships} memberships ended, "
            f"rows made again in {done.tenants} tenants"
        )
