"""`manage.py up` with stores of its own, for tests that break them: it is started from nothing and gone afterwards."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

from config.environment import ROOT
from config.stack.lock import end_orphans, orphans
from config.stack.ports import LOOPBACK, free_port
from config.stack.postgres import wipe

PORTS = ("TENFOLD_PORT", "TENFOLD_POSTGRES_PORT", "TENFOLD_DYNAMODB_PORT", "TENFOLD_BROKER_PORT")
PORTS_OF_WORKERS = "TENFOLD_WORKER_METRICS_PORT"
YOURS = ("DATABASE_URL", "DYNAMODB_ENDPOINT", "CELERY_BROKER_URL", "TENFOLD_DYNAMODB_ACCESS_KEY")


@dataclass(frozen=True, slots=True)
class Answer:
    """`seconds` is how long it took, `retry_after` that header; status 0 is none at all."""

    status: int
    seconds: float
    text: str
    retry_after: str = ""

    @property
    def body(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.text)
        return found


@dataclass(frozen=True, slots=True)
class OwnStack:
    """A running one: its folder, its environment, and the file it writes its ticks to."""

    local: Path
    env: Mapping[str, str]
    screen: Path

    @property
    def port(self) -> int:
        return int(self.env["TENFOLD_PORT"])

    @property
    def key(self) -> str:
        """acme's API key."""
        found: str = json.loads((self.local / "demo.json").read_text("utf-8"))["tenants"]["acme"]["api_key"]
        return found

    def get(self, path: str, *, port: int = 0, host: str = "localhost") -> Answer:
        """A GET of the public host; without an answer, status 0."""
        return ask("GET", path, port=port or self.port, headers={"Host": f"{host}:{self.port}"})

    def add_todo(self, name: str, *, port: int = 0) -> Answer:
        """A command in acme."""
        return ask("POST", "/api/v1/todos/", port=port or self.port, headers=self._as_acme, body={"name": name})

    def read_todo(self, code: str) -> Answer:
        """One of acme's, from the log."""
        return ask("GET", f"/api/v1/todos/{code}/?consistent=true", port=self.port, headers=self._as_acme)

    @property
    def _as_acme(self) -> dict[str, str]:
        return {"Host": f"acme.localhost:{self.port}", "Authorization": f"Bearer {self.key}"}

    def pids(self, words: str) -> list[int]:
        """The processes whose command line has these words, the oldest first."""
        return [pid for pid in sorted(orphans(self.local)) if words in _command_line(pid)]

    def read_screen(self) -> str:
        """What it has written so far."""
        return self.screen.read_text("utf-8")


def ask(method: str, path: str, *, port: int, headers: Mapping[str, str], body: object = None) -> Answer:
    """One request on a connection of its own."""
    begun = time.monotonic()
    connection = HTTPConnection(LOOPBACK, port, timeout=30)
    try:
        sent = {**headers, "Content-Type": "application/json"} if body else dict(headers)
        connection.request(method, path, json.dumps(body) if body else None, sent)
        response = connection.getresponse()
        text = response.read().decode()
        seconds, retry_after = time.monotonic() - begun, response.getheader("Retry-After", "")
        return Answer(response.status, seconds, text, retry_after)
    except OSError as error:
        return Answer(0, time.monotonic() - begun, str(error))
    finally:
        connection.close()


def eventually(holds: Callable[[], object], *, within: float, what: Callable[[], object] = str) -> float:
    """Wait for other processes, which announce nothing. The seconds that it took."""
    begun = time.monotonic()
    while not holds():
        assert time.monotonic() - begun < within, what()
        time.sleep(0.1)
    return time.monotonic() - begun


@contextmanager
def own_stack(local: Path) -> Iterator[OwnStack]:
    """Started, and its box drawn."""
    env = {name: value for name, value in os.environ.items() if name not in YOURS}
    env |= {name: str(free_port()) for name in (*PORTS, PORTS_OF_WORKERS)}
    env |= {"TENFOLD_LOCAL": str(local), "TENFOLD_CANARY_SECONDS": "1"}
    local.chmod(0o711)  # the user PostgreSQL runs as must be able to pass
    screen = local / "screen"
    _share_emulator(local)
    with screen.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "manage.py", "up"], cwd=ROOT, env=env, stdout=out, stderr=subprocess.STDOUT
        )
    try:
        found = OwnStack(local, env, screen)
        eventually(lambda: "╰" in found.read_screen() or process.poll() is not None, within=120, what=found.read_screen)
        assert process.poll() is None, found.read_screen()
        yield found
    finally:
        process.kill()
        process.wait()
        end_orphans(local)
        wipe(local / "postgres")


def _share_emulator(local: Path) -> None:
    """What was fetched once is not fetched again."""
    (local / "dynamodb").mkdir()
    for emulator in (ROOT / ".local" / "dynamodb").glob("emulator-*"):
        (local / "dynamodb" / emulator.name).symlink_to(emulator)


def _command_line(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode("utf-8", "replace")
    except OSError:
        return ""
