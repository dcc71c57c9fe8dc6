"""Static files by the hash of what is in them, so that a browser keeps each for a year and never shows an old one.

Who serves them collects them first, where another release did so last: `make run`, `init`, and every web process.
"""

import fcntl
import hashlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import django
from django.conf import settings
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.apps import StaticFilesConfig
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from whitenoise.middleware import WhiteNoiseMiddleware
from whitenoise.storage import CompressedManifestStaticFilesStorage

UNUSED = ["rest_framework", "redoc"]
"""Folders that come with libraries, of pages that we do not have."""

STAMP = "sources.sha256"
"""File beside the collected ones: what they were collected from."""


class StaticFiles(StaticFilesConfig):
    """Django's app, which leaves out what nobody asks for."""

    ignore_patterns = [*StaticFilesConfig.ignore_patterns, *UNUSED]


class HashedFiles(CompressedManifestStaticFilesStorage):  # type: ignore[misc]  # WhiteNoise is untyped
    """The files under their hashed names, also where one script imports another, and packed beforehand."""

    support_js_module_import_aggregation = True

    def post_process(self, *args: Any, **options: Any) -> Iterator[Any]:
        """As WhiteNoise does; then note what it was made from."""
        yield from super().post_process(*args, **options)
        if not options.get("dry_run"):
            Path(self.path(STAMP)).write_text(fingerprint(), "ascii")

    def compress_files(self, paths: Iterable[str]) -> Iterator[Any]:
        """Pack those that pages ask for; whoever asks for another name has it packed on its way."""
        hashed = set(self.hashed_files.values())
        yield from super().compress_files([path for path in paths if path in hashed])


class StaticFilesMiddleware(WhiteNoiseMiddleware):  # type: ignore[misc]  # WhiteNoise is untyped
    """Serves them: a hashed name for a year, any other for a minute."""

    FOREVER = 365 * 24 * 60 * 60


def collect_static() -> str:
    """Collect what is not collected yet, and say so in a word. Of processes that want it at once, one does it.

    ImproperlyConfigured where the files are another release's and cannot be written."""
    root, wanted = Path(settings.STATIC_ROOT), fingerprint()
    if _stamp(root) == wanted:
        return "nothing to do"
    try:
        with _alone(root):
            if _stamp(root) == wanted:
                return "nothing to do"
            call_command("collectstatic", interactive=False, verbosity=0)
    except OSError as error:
        mend = "let it be written, or collect while the image is built: manage.py collectstatic --no-input"
        raise ImproperlyConfigured(f"Static files cannot be collected in {root} ({error.strerror}): {mend}") from error
    return ""


def fingerprint() -> str:
    """A hash over every file that would be collected, and over who collects it."""
    found = hashlib.sha256(f"{django.__version__} {settings.STATIC_URL}".encode())
    for name, path in sorted(sources().items()):
        found.update(f"\0{name}\0".encode())
        found.update(path.read_bytes())
    return found.hexdigest()


def sources() -> dict[str, Path]:
    """Where each static file comes from, by its name; of two with one name the first counts, as for Django."""
    found: dict[str, Path] = {}
    for finder in finders.get_finders():
        for name, storage in finder.list(StaticFiles.ignore_patterns):
            found.setdefault(name, Path(storage.path(name)))
    return found


def _stamp(root: Path) -> str:
    try:
        return (root / STAMP).read_text("ascii")
    except OSError:  # nothing was collected yet; where nothing can be, whoever writes is told
        return ""


@contextmanager
def _alone(root: Path) -> Iterator[None]:
    root.mkdir(parents=True, exist_ok=True)
    with (root / ".lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
