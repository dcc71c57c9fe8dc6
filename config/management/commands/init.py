"""`manage.py init`: all that web, worker and beat find there when they start, on stores of yours."""

import sys
import time
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser, SystemCheckError
from django.core.validators import validate_email

from config.checks import refuse_to_start
from config.deployment import require_keys
from config.environment import environment
from config.first_staff import Invitation, invitation, is_asked_for
from config.preparation import steps
from config.stack.failures import CannotStart
from config.stack.running import Step
from config.stack.screen import Screen
from config.static_files import collect_static
from config.waiting import wait_for_log, wait_for_postgres

WAIT = 30.0
"""Seconds that a store may take to answer, unless `--wait` says."""


class Command(BaseCommand):
    """Ticks, and at the end a link where somebody was invited."""

    help = (
        "Prepare the stores: tables, migrations, public host, system tenant, static files, the first member of staff. "
        "Before each release, and safe to repeat, also by two machines at once."
    )
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Who is to be the first member of staff, and how long to wait for stores."""
        who = "address of the first member of staff; TENFOLD_STAFF_EMAIL where it is left out"
        parser.add_argument("--staff-email", default=environment().staff_email, help=who)
        parser.add_argument("--new-link", action="store_true", help="a new link for them: the first one was lost")
        parser.add_argument("--wait", type=float, default=WAIT, metavar="SECONDS", help="for a store to answer")

    def handle(self, *args: Any, **options: Any) -> None:
        """Do it all, or exit 1 with one line. What was done stays done, and is not done again."""
        screen, env = Screen(sys.stdout), environment()
        try:
            require_keys()
            for step in (*_stores(options["wait"]), *steps(env.local.absolute())):
                _take(step, screen)
            _take(Step(title="Static files", work=collect_static), screen)
            found = self._staff(screen, **options)
        except Exception as error:
            if options["traceback"]:
                raise
            screen.cross(_line(error))
            sys.exit(1)
        if found.link:
            self.stdout.write(f"\nWhoever opens this within an hour is staff, and sets a password:\n{found.link}")

    def _staff(self, screen: Screen, *, staff_email: str, new_link: bool, **_: Any) -> Invitation:
        email = staff_email
        if not email and sys.stdin.isatty() and is_asked_for():
            email = input("Email of the first member of staff: ").strip()
        if email:
            _require_email(email)
        begun = time.monotonic()
        found = invitation(email, anew=new_link)
        if found.is_open:
            screen.warn(found.words)
        else:
            screen.tick("Staff", f"{time.monotonic() - begun:5.1f} s  {found.words}")
        return found


def _stores(wait: float) -> list[Step]:
    return [
        Step(title="PostgreSQL", work=lambda: wait_for_postgres(seconds=wait)),
        Step(title="DynamoDB", work=lambda: wait_for_log(seconds=wait)),
        Step(title="Settings", work=_fences),
    ]


def _fences() -> str:
    refuse_to_start()
    return ""


def _take(step: Step, screen: Screen) -> None:
    with screen.step(step.title) as words:
        try:
            words.append(step.work())
        except (CannotStart, SystemCheckError):
            raise
        except Exception as error:
            raise CannotStart(f"{step.title}: {_line(error)}", mend="--traceback shows where") from error


def _require_email(email: str) -> None:
    try:
        validate_email(email)
    except ValidationError:
        raise CommandError(f"{email!r} is no e-mail address") from None


def _line(error: Exception) -> str:
    text = str(error).strip()
    own = isinstance(error, CannotStart | SystemCheckError | CommandError)
    return text if own else f"{type(error).__name__}: {text.splitlines()[0] if text else ''}"
