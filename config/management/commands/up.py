"""`manage.py up`: the whole system on this machine, until Ctrl-C."""

import asyncio
import sys
from typing import Any

from django.core.management.base import BaseCommand, SystemCheckError

from config.deployment import require_keys
from config.environment import environment
from config.preparation import demo, steps
from config.stack.failures import CannotStart
from config.stack.running import run
from config.stack.screen import Screen


class Command(BaseCommand):
    """Starts stores, prepares them, starts web, worker and beat; prints ticks and one box."""

    help = "Start everything on this machine, until Ctrl-C."
    requires_system_checks = ["edge"]  # what else there is to check the web process does, with stores

    def handle(self, *args: Any, **options: Any) -> None:
        """Stay until a signal; exit 1 with one line when something stands in the way."""
        env = environment()
        env = env.model_copy(update={"local": env.local.absolute()})
        screen = Screen(sys.stdout)
        try:
            require_keys()
            asyncio.run(run(env, steps=steps(env.local), demo=demo(env.local), screen=screen))
        except (CannotStart, SystemCheckError, OSError) as error:
            screen.cross(str(error))
            sys.exit(1)
        except asyncio.CancelledError:
            screen.tick("Stopped")
