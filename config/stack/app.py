"""The application's own processes: web, worker and beat; and asking the web process how they are."""

import asyncio
import json
import shutil
import sys
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from config.environment import ROOT, Environment
from config.stack.failures import CannotStart
from config.stack.part import Part
from config.stack.ports import LOOPBACK

PATIENCE = 90.0
POLL = 0.1
THREADS = 96  # each open stream of events holds one; what is left answers requests
STREAMS_END = 2  # seconds that open streams get when the web process stops


def web(env: Environment) -> Part:
    """The web process; it answers its probes before any store is there."""

    async def ready() -> bool:
        return (await probe(env, "/healthz"))[0] == 200

    options = {
        "--interface": "wsgi",
        "--host": env.bind,
        "--port": str(env.port),
        "--workers": "1",
        "--blocking-threads": str(THREADS),
        "--workers-kill-timeout": str(STREAMS_END),
    }
    words = (word for pair in options.items() for word in pair)
    command = _python("granian", *words, "--respawn-failed-workers", "config.wsgi:application")
    return Part(name="web", title="Web", command=command, ready=ready, env=_there(env))


def worker(env: Environment) -> Part:
    """The Celery worker that follows the log."""
    quiet = ("--without-gossip", "--without-mingle")  # workers do not talk to each other; it starts a second sooner
    return _celery(env, "worker", "Worker", *quiet, "--pool", "threads", "--concurrency", "4")


def beat(env: Environment) -> Part:
    """Celery's clock."""
    return _celery(env, "beat", "Beat", "--schedule", str(env.local / "beat"), "--pidfile", "")


def forget_metrics(env: Environment) -> None:
    """Counting begins anew: the files of an earlier run's processes would be added up for ever."""
    shutil.rmtree(_metrics(env), ignore_errors=True)


async def until_ready(env: Environment) -> None:
    """Return when the web process says that everything works; CannotStart with its reasons when it does not."""
    answer = ""
    try:
        async with asyncio.timeout(PATIENCE):
            while (found := await probe(env, "/readyz"))[0] != 200:
                answer = found[1]
                await asyncio.sleep(POLL)
    except TimeoutError:
        logs = env.local / "log"
        raise CannotStart(
            f"Not ready after {PATIENCE:g} s ({answer})", mend=f"see web.log and worker.log in {logs}"
        ) from None


async def probe(env: Environment, path: str) -> tuple[int, str]:
    """Status and text of a probe; status 0 when nobody answers."""
    return await asyncio.to_thread(_get, env, path)


def _get(env: Environment, path: str) -> tuple[int, str]:
    connection = HTTPConnection(LOOPBACK if env.bind == "0.0.0.0" else env.bind, env.port, timeout=5)
    try:
        connection.request("GET", path, headers={"Host": f"{env.host}:{env.port}"})
        response = connection.getresponse()
        return response.status, _short(response.read())
    except (OSError, HTTPException) as error:
        return 0, str(error)
    finally:
        connection.close()


def _short(body: bytes) -> str:
    try:
        return json.dumps(json.loads(body))[:300]
    except ValueError:
        return body.decode("utf-8", "replace")[:300]


def _celery(env: Environment, name: str, title: str, *options: str) -> Part:
    command = _python("celery", "--app", "config", name, "--loglevel", "INFO", *options)
    return Part(name=name, title=title, command=command, env=_there(env))


def _there(env: Environment) -> dict[str, str]:
    """What the processes need in their environment."""
    return {"PYTHONPATH": str(ROOT), "PROMETHEUS_MULTIPROC_DIR": env.metrics_folder or str(_metrics(env))}


def _metrics(env: Environment) -> Path:
    return env.local / "metrics"


def _python(module: str, *words: str) -> tuple[str, ...]:
    return (sys.executable, "-m", module, *words)
