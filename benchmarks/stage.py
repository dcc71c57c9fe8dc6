"""What the figures are measured on: stores of the run's own, one tenant, and the real web and worker processes."""

import os
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, replace
from http.client import HTTPConnection
from pathlib import Path

from config.environment import environment
from config.stack.app import web, worker
from config.stack.ports import LOOPBACK, free_port
from config.stack.probe import NO_BEAT, until_well
from config.stack.supervisor import Supervisor
from config.stack.testing import start, stop, take_corner

YOURS = ("DATABASE_URL", "DYNAMODB_ENDPOINT", "CELERY_BROKER_URL")


@dataclass(frozen=True, slots=True)
class Stage:
    """The tenant that everything is measured in, and a key to it."""

    tenant: str
    schema: str
    host: str
    key: str

    def connect(self) -> HTTPConnection:
        """A keep-alive connection to the web process."""
        return HTTPConnection(LOOPBACK, environment().port, timeout=30)

    @property
    def headers(self) -> dict[str, str]:
        """What every request carries."""
        authorization = f"Bearer {self.key}"
        return {"Host": self.host, "Authorization": authorization, "Content-Type": "application/json"}


@contextmanager
def own_stores() -> Iterator[None]:
    """Stores on free ports, gone with the block. Nothing else is touched, whatever the environment names."""
    for name in YOURS:
        os.environ.pop(name, None)
    stores = start()
    try:
        take_corner("bench")
        os.environ.update(TENFOLD_PORT=str(free_port()), TENFOLD_LOG_LEVEL="WARNING", TENFOLD_SIGN_UPS="0")
        yield
    finally:
        stop(stores)


def furnished() -> Stage:
    """Tables, schemas, and a tenant with a key that may do everything."""
    prepare()
    return stage_of("bench")


def prepare() -> None:
    """Tables, schemas, and the tenants of our own."""
    from config.preparation import steps  # noqa: PLC0415  # imported once Django is set up

    for step in steps(environment().local):
        step.work()


def stage_of(code: str) -> Stage:
    """A new tenant, with a key that may do everything."""
    from tenants.keys import create_key  # noqa: PLC0415
    from tenants.provisioning import host_for, provision  # noqa: PLC0415

    tenant = provision(code, name=code.title(), owner_email=f"owner@{code}.example")
    _, key = create_key(tenant, name=code, scopes={"*"})
    return Stage(tenant.code, tenant.schema_name, host_for(tenant.code), key)


@asynccontextmanager
async def processes() -> AsyncIterator[Path]:
    """The web and worker processes, ready, as `make run` starts them. The file holds the worker's process id."""
    env = environment()
    pid_file = env.local / "worker.pid"
    part = worker(env)
    async with Supervisor(local=env.local, tell=print) as supervisor:
        await supervisor.start(web(env))
        await supervisor.start(replace(part, command=(*part.command, "--pidfile", str(pid_file))))
        await until_well(env, without=NO_BEAT)
        yield pid_file
