"""The running system: stores, web process and workers, each of which can be stopped, killed, frozen, started again.

The supervisor lives in the main thread's loop, for its children die with the thread that started them; a fault is
played in a thread of its own, and asks it from there.
"""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Coroutine, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import replace
from pathlib import Path

import psutil

from config.environment import Environment, environment
from config.stack import rabbitmq
from config.stack.app import web, worker
from config.stack.dynamodb import dynamodb
from config.stack.part import Part
from config.stack.ports import free_port
from config.stack.postgres import postgres
from config.stack.probe import NO_BEAT, probe, until_well
from config.stack.running import listen
from config.stack.supervisor import Supervisor
from config.stack.valkey import valkey

STORES = ("postgres", "dynamodb", "valkey")
WORKERS = ("worker-1", "worker-2")
PROCESSES = ("web", *WORKERS)
PATIENCE = 120.0
"""Seconds after which a part that neither starts nor ends is given up."""


@asynccontextmanager
async def running(downloads: Path) -> AsyncIterator["Running"]:
    """The stores, started; the processes are not yet: tables come first."""
    env = environment()
    async with Supervisor(local=env.local, tell=_tell) as supervisor:
        listen(supervisor)
        found = Running(supervisor, await _parts(env, downloads))
        async with asyncio.TaskGroup() as group:
            for name in STORES:
                group.create_task(found.begin(name))
        yield found


class Running:
    """The parts by name. Its plain methods are for the thread that plays a fault."""

    def __init__(self, supervisor: Supervisor, parts: dict[str, Part]) -> None:
        self._supervisor, self._parts, self._loop = supervisor, parts, asyncio.get_running_loop()
        self.rabbitmq_url = parts["rabbitmq"].env["CELERY_BROKER_URL"] if "rabbitmq" in parts else ""
        self._alive: dict[str, Part] = {}
        self._frozen: set[int] = set()

    async def begin(self, name: str, **env: str) -> None:
        """Start a part with these variables besides, and return when it serves."""
        part = self._parts[name]
        self._alive[name] = part = replace(part, env={**part.env, **env})
        await self._supervisor.start(part)

    def start(self, *names: str, **env: str) -> None:
        """Start parts, side by side, and return when they serve."""
        self._all(self.begin(name, **env) for name in names)

    def stop(self, *names: str, sign: signal.Signals | None = None) -> None:
        """End parts, in good order unless `sign` says otherwise; they stay away until they are started."""
        self._all(self._supervisor.stop(self._alive.pop(name), sign=sign) for name in names)

    def pid(self, name: str) -> int:
        """The process id of a part."""
        return self._supervisor.pid(self._alive[name])

    def ask(self, path: str, *, port: int = 0) -> int:
        """The status of a probe, of the web process unless another's port is given; 0 when nobody answers."""
        env = environment()
        asked = probe(env.model_copy(update={"port": port}) if port else env, path)
        status, _ = asyncio.run_coroutine_threadsafe(asked, self._loop).result(PATIENCE)
        return status

    @contextmanager
    def held(self, name: str) -> Iterator[None]:
        """Within the block a part and all it has started stand still."""
        group = self.pid(name)  # each part leads a group of its own
        os.killpg(group, signal.SIGSTOP)
        try:
            yield
        finally:
            os.killpg(group, signal.SIGCONT)

    @contextmanager
    def suspended(self, name: str) -> Iterator[None]:
        """Within the block a part and all its descendants stand still, in whatever sessions they are: PostgreSQL's
        processes lead sessions of their own."""
        first = psutil.Process(self.pid(name))
        first.suspend()
        processes = [first, *first.children(recursive=True)]
        for each in processes[1:]:
            each.suspend()
        try:
            yield
        finally:
            for each in reversed(processes):
                with suppress(psutil.NoSuchProcess):
                    each.resume()

    def freeze(self, pid: int) -> None:
        """SIGSTOP."""
        self._frozen.add(pid)
        os.kill(pid, signal.SIGSTOP)

    def thaw(self) -> None:
        """SIGCONT for all that is frozen and still there."""
        for pid in self._frozen:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGCONT)
        self._frozen.clear()

    def restore(self) -> None:
        """Everything as it was before any fault: all there, nothing frozen, no variables besides."""
        self.thaw()
        altered = {name for name, part in self._alive.items() if part.env != self._parts[name].env}
        self.stop(*altered)
        self.start(*(name for name in STORES if name not in self._alive))
        self.start(*(name for name in PROCESSES if name not in self._alive))
        self._all([until_well(environment(), without=NO_BEAT)])

    def _all(self, asked: "Iterator[Coroutine[None, None, None]] | list[Coroutine[None, None, None]]") -> None:
        async def together() -> None:
            await asyncio.gather(*asked)

        asyncio.run_coroutine_threadsafe(together(), self._loop).result(PATIENCE)


async def _parts(env: Environment, downloads: Path) -> dict[str, Part]:
    logs = env.local / "log"
    found = {
        "postgres": await postgres(
            port=env.postgres_port, folder=env.local / "postgres", keep=True, log=logs / "postgres.log"
        ),
        "dynamodb": await dynamodb(
            port=env.dynamodb_port, downloads=downloads, data=env.local / "dynamodb", log=logs / "dynamodb.log"
        ),
        "valkey": await valkey(port=env.broker_port),
        "web": web(env),
    }
    if rabbitmq.is_installed():  # started by a fault that is about it
        port = free_port()
        names, node = rabbitmq.rabbitmq(port=port, folder=env.local / "rabbitmq")
        found |= {"epmd": names, "rabbitmq": replace(node, env={**node.env, "CELERY_BROKER_URL": rabbitmq.url(port)})}
    return found | {name: _worker(env, name) for name in WORKERS}


def _worker(env: Environment, name: str) -> Part:
    part = worker(env)
    return replace(part, name=name, title=name.title(), command=(*part.command, "--hostname", f"{name}@%h"))


def _tell(text: str) -> None:
    sys.stdout.write(f"    {text}\n")
    sys.stdout.flush()
