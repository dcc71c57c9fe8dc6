"""The application's own processes: web, worker and beat."""

import shutil
import sys
from dataclasses import replace
from pathlib import Path

from config.environment import ROOT, Environment
from config.stack.part import Part
from config.stack.probe import probe
from cqrs.queues import Queue

THREADS = 96  # each open stream of events holds one; what is left answers requests
STOP_TIMEOUT = 8  # seconds that requests in flight get when the web process stops; streams end at once


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
        "--workers-kill-timeout": str(STOP_TIMEOUT),
    }
    words = (word for pair in options.items() for word in pair)
    command = _python("granian", *words, "--respawn-failed-workers", "config.wsgi:application")
    return Part(name="web", title="Web", command=command, ready=ready, env=_there(env), gives_signs=True)


def worker(env: Environment) -> Part:
    """The Celery worker that follows the log, and does what is short."""
    return _worker(env, Queue.SHORT, name="worker", title="Worker", threads=4)


def kind_workers(env: Environment) -> tuple[Part, ...]:
    """A worker for each other kind of work: what is slow there delays nothing of another kind."""
    return (
        _worker(env, Queue.MAIL, name="worker-mail", title="Mail worker", threads=4),
        _worker(env, Queue.WEBHOOKS, name="worker-webhooks", title="Webhook worker", threads=16),
        _worker(env, Queue.LONG, name="worker-long", title="Worker for long work", threads=4),
    )


def beat(env: Environment) -> Part:
    """Celery's clock."""
    return _celery(env, "beat", "Beat", "--schedule", str(env.local / "beat"), "--pidfile", "")


def forget_metrics(env: Environment) -> None:
    """Counting begins anew: the files of an earlier run's processes would be added up for ever."""
    shutil.rmtree(_metrics(env), ignore_errors=True)


def _worker(env: Environment, queue: Queue, *, name: str, title: str, threads: int) -> Part:
    options = ("--queues", str(queue), "--concurrency", str(threads), "--hostname", f"{name}@%h")
    return replace(_celery(env, "worker", title, *options), name=name)


def _celery(env: Environment, name: str, title: str, *options: str) -> Part:
    command = _python("celery", "--app", "config", name, "--loglevel", "INFO", *options)
    return Part(name=name, title=title, command=command, env=_there(env), gives_signs=True)


def _there(env: Environment) -> dict[str, str]:
    """What the processes need in their environment."""
    return {"PYTHONPATH": str(ROOT), "PROMETHEUS_MULTIPROC_DIR": env.metrics_folder or str(_metrics(env))}


def _metrics(env: Environment) -> Path:
    return env.local / "metrics"


def _python(module: str, *words: str) -> tuple[str, ...]:
    return (sys.executable, "-m", module, *words)
