"""Makes `.venv` with what the locks pin. Needs nothing but a Python 3.8, and does nothing when all is as it should be.

`python3 bootstrap.py [--dev] [--sqs]`: finds uv (or fetches it into `.local/uv`), finds a Python >= 3.12 (3.13 where it
can choose; uv fetches one where there is none), installs requirements.txt, with --dev requirements-dev.txt, with --sqs
requirements-sqs.txt besides.
"""

from __future__ import annotations  # for Pythons before 3.9

import hashlib
import os
import pwd
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
TOOLS = ROOT / ".local" / "uv"
WANTED = ("3.13", "3.12", "3.14")


class Stuck(Exception):
    """One line: what is wrong and how to mend it."""


def main(*, dev: bool, sqs: bool = False) -> None:
    """Bring `.venv` in line with the lock; fast when it is already."""
    stamp = VENV / ".tenfold"
    dev = dev or (stamp.exists() and stamp.read_text().startswith("dev"))  # never take tools away again
    sqs = sqs or (stamp.exists() and " sqs " in stamp.read_text())
    locks = [ROOT / ("requirements-dev.txt" if dev else "requirements.txt"), *([ROOT / "requirements-sqs.txt"] * sqs)]
    content = b"".join(lock.read_bytes() for lock in locks)
    mark = "{} {}{}".format("dev" if dev else "run", "sqs " * sqs, hashlib.sha256(content).hexdigest())
    if stamp.exists() and stamp.read_text() == mark and (VENV / "bin" / "python").exists():
        return
    uv = find_uv()
    if not usable(VENV / "bin" / "python"):
        make_venv(uv)
    say("Installing {} into .venv".format(" and ".join(lock.name for lock in locks)))
    install(uv, locks)
    stamp.write_text(mark)


def install(uv: str, locks: list[Path]) -> None:
    """What the locks pin, with uv; with pip where only pip has been told of a mirror or a proxy."""
    python = str(VENV / "bin" / "python")
    try:
        sync = [uv, "pip", "sync", "--quiet", "--compile-bytecode", "--require-hashes", "--python", python]
        call([*sync, *map(str, locks)])
    except Stuck:
        pip = [sys.executable, "-m", "pip", "--python", python]
        if not runs([*pip, "--version"]):
            raise
        say("uv could not, trying pip")
        call([*pip, "install", "--quiet", "--require-hashes", *(word for lock in locks for word in ("-r", str(lock)))])


def find_uv() -> str:
    """The machine's uv, else one from PyPI in a folder of our own."""
    own = TOOLS / "bin" / "uv"
    found = shutil.which("uv")
    if found or own.exists():
        return found or str(own)
    say("Fetching uv, the installer")
    pip = [sys.executable, "-m", "pip"]
    if not runs([*pip, "--version"]):
        pip = [pip_of_a_venv(), "-m", "pip"]
    lock = str(ROOT / "requirements-uv.txt")
    call([*pip, "install", "-qq", "--require-hashes", "--target", str(TOOLS), "-r", lock])
    return str(own)


def pip_of_a_venv() -> str:
    """A Python that has pip, for a machine whose own has none."""
    folder = ROOT / ".local" / "python"
    if not runs([sys.executable, "-m", "venv", str(folder)]):
        shutil.rmtree(str(folder), ignore_errors=True)
        raise Stuck("python3 has neither pip nor venv: install a package like python3-venv")
    return str(folder / "bin" / "python")


def make_venv(uv: str) -> None:
    """A virtual environment with the best Python there is; uv fetches one where there is none."""
    python = find_python(uv)
    say("Making .venv with {}".format(python or "a Python that uv fetches"))
    mend = "no Python >= 3.12 was found here: install one"
    call([uv, "venv", "--quiet", "--clear", "--python", python or WANTED[0], str(VENV)], mend=mend)


def find_python(uv: str) -> str | None:
    """Path of a Python >= 3.12 on this machine, or None."""
    for version in WANTED:
        answer = subprocess.run(
            [uv, "python", "find", "--no-project", "--no-python-downloads", version],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            check=False,
        ).stdout
        for path in [*pyenv(version), os.fsdecode(answer.strip())]:
            if path and usable(path):
                return path
    return None


def pyenv(version: str) -> list[str]:
    """Pythons of pyenv; looked for by folder, because its shims only run a version that is switched on."""
    homes = [os.environ.get("HOME") or "", pwd.getpwuid(os.getuid()).pw_dir]  # HOME may be missing, empty, or another
    roots = [os.environ.get("PYENV_ROOT") or "", *(home + "/.pyenv" for home in homes)]
    folders = [Path(root) / "versions" for root in roots] + [Path(sys.base_prefix).parent]  # or this Python's siblings
    return [str(path) for each in folders for path in sorted(each.glob(f"{version}.*/bin/python"), reverse=True)]


def usable(python: str | Path) -> bool:
    """Whether it runs, and is new enough."""
    return runs([str(python), "-c", "import sys; sys.exit(sys.version_info < (3, 12))"])


def runs(command: list[str]) -> bool:
    """Whether a command exists and ends well."""
    try:
        return subprocess.call(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) == 0
    except OSError:
        return False


def call(command: list[str], *, mend: str = "is the network there, and the disk not full?") -> None:
    """Run a command, its errors on the terminal; Stuck when it fails."""
    env = {"UV_SYSTEM_CERTS": "true", "PIP_ROOT_USER_ACTION": "ignore", **os.environ}
    if not env.get("HOME"):  # uv and pip keep their caches below HOME
        env["HOME"] = str(ROOT / ".local" / "home")
    if subprocess.call(command, env=env) != 0:
        raise Stuck(f"`{command[0]}` failed, its words are above; {mend}")


def say(text: str) -> None:
    """Tell what takes a while."""
    sys.stderr.write(f"· {text}\n")


if __name__ == "__main__":
    try:
        main(dev="--dev" in sys.argv[1:], sqs="--sqs" in sys.argv[1:])
    except Stuck as error:
        sys.exit(f"✗ {error}")
