"""`manage.py reset`: wipes the local data, without asking."""

import shutil
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from config.environment import environment
from config.stack.failures import CannotStart
from config.stack.lock import end_orphans, only_one
from config.stack.postgres import wipe
from config.stack.screen import Screen

KEPT = {"up.lock", "uv", "python", "home", "dynamodb", "postgres"}  # held, downloaded, or wiped with care


class Command(BaseCommand):
    """Deletes databases, demo, logs and secrets below the local folder; keeps what was downloaded."""

    help = "Wipe the local data; refuses while Tenfold is running."
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        """Wipe, or exit 1 with one line."""
        local = environment().local.absolute()
        screen = Screen(sys.stdout)
        try:
            with only_one(local):
                end_orphans(local)
                wipe(local / "postgres")
                _delete(local / "dynamodb" / "data")
                for path in local.iterdir():
                    if path.name not in KEPT:
                        _delete(path)
        except (CannotStart, OSError) as error:
            screen.cross(str(error))
            sys.exit(1)
        screen.tick("Local data", "wiped")


def _delete(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
