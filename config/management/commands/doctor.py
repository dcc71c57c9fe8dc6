"""`manage.py doctor`: what is missing on this machine, and how to mend it."""

import sys
from typing import Any

from django.core.management.base import BaseCommand

from config.environment import environment
from config.stack.checks import checks
from config.stack.failures import CannotStart
from config.stack.screen import Screen


class Command(BaseCommand):
    """Ticks and crosses."""

    help = "Say what is missing and how to mend it; exit 1 when something stands in the way of a start."
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        """Look at everything, then exit 1 when something blocks."""
        env = environment()
        env.local.mkdir(parents=True, exist_ok=True)
        screen = Screen(sys.stdout)
        blocked = False
        for check in checks(env.model_copy(update={"local": env.local.absolute()})):
            try:
                screen.tick(check.title, check.look())
            except CannotStart as error:
                screen.cross(f"{check.title:<16} {error}") if check.blocks else screen.warn(
                    f"{check.title:<16} {error}"
                )
                blocked |= check.blocks
        if blocked:
            sys.exit(1)
