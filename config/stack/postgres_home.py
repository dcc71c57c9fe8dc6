"""Where the cluster lies and who runs it. PostgreSQL refuses to be root, and its user must be able to enter."""

import hashlib
import os
from pathlib import Path

from config.stack.failures import CannotStart

NOBODY = "nobody"
SHARED = Path("/var/tmp")


def runner() -> str:
    """The user PostgreSQL runs as; empty is this process's own."""
    return NOBODY if os.getuid() == 0 else ""


def home(folder: Path) -> Path:
    """`folder`, or a place under /var/tmp when PostgreSQL's user may not enter the folders above it."""
    if not runner() or enterable(folder):
        folder.mkdir(parents=True, exist_ok=True)
        return folder
    place = SHARED / f"tenfold-{hashlib.sha256(str(folder).encode()).hexdigest()[:12]}"
    place.mkdir(mode=0o755, exist_ok=True)
    if place.is_symlink() or place.stat().st_uid != os.getuid():  # the name can be guessed: someone may have been first
        raise CannotStart(f"{place} belongs to someone else", mend="remove it, or set DATABASE_URL")
    return place


def enterable(path: Path) -> bool:
    """Whether anyone may pass through the folders above `path`."""
    return all(parent.stat().st_mode & 0o001 for parent in path.absolute().parents if parent.exists())
