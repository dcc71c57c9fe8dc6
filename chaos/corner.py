"""A folder and ports of one run's own: whatever else runs on this machine is none of its business."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.stage import YOURS
from config.environment import ROOT, Environment
from config.stack.ports import free_port
from config.stack.postgres import wipe

PORTS = ("TENFOLD_PORT", "TENFOLD_POSTGRES_PORT", "TENFOLD_DYNAMODB_PORT", "TENFOLD_BROKER_PORT")
LOGS = ROOT / ".local" / "chaos" / "log"
"""What the parts said in the last run."""


@contextmanager
def own_corner() -> Iterator[Path]:
    """Named in the environment of this process, gone with the block. Where DynamoDB Local is fetched to."""
    for name in YOURS:
        os.environ.pop(name, None)
    downloads = Environment().local.absolute() / "dynamodb"
    with TemporaryDirectory(prefix="tenfold-chaos-", ignore_cleanup_errors=True) as folder:
        local = Path(folder)
        local.chmod(0o711)  # the user PostgreSQL runs as must be able to pass
        os.environ.update({name: str(free_port()) for name in PORTS}, TENFOLD_LOCAL=folder)
        os.environ.update(TENFOLD_LOG_LEVEL="WARNING", DJANGO_SETTINGS_MODULE="chaos.settings")
        try:
            yield downloads
        finally:
            wipe(local / "postgres")
            shutil.rmtree(LOGS, ignore_errors=True)
            shutil.copytree(local / "log", LOGS)
