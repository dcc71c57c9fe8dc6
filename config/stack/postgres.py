"""The read models' embedded home: a PostgreSQL cluster that is made, and run, without root."""

import shutil
import signal
from dataclasses import dataclass
from pathlib import Path

import psycopg

from config.stack.failures import CannotStart
from config.stack.part import Part
from config.stack.ports import LOOPBACK
from config.stack.postgres_binaries import Binaries, find
from config.stack.postgres_home import home, runner
from config.stack.processes import run

NAME = "tenfold"  # of the user and of the database
FAST = ("fsync=off", "full_page_writes=off", "synchronous_commit=off")  # for data that nobody misses


@dataclass(frozen=True, kw_only=True)
class Cluster:
    """Where a PostgreSQL keeps its data and which binaries serve it."""

    data: Path
    binaries: Binaries
    user: str


async def postgres(*, port: int, folder: Path, keep: bool, log: Path) -> Part:
    """PostgreSQL on `port` with its cluster below `folder`, made the first time; `keep` makes writes durable."""
    place = home(folder)
    cluster = Cluster(data=place / "data", binaries=await find(place, log=log), user=runner())
    if not cluster.data.exists():
        await _make(cluster, log=log)
    _refuse_other_version(cluster)

    async def ready() -> bool:
        return await _serves(port)

    return Part(
        name="postgres",
        title="PostgreSQL",
        command=(str(cluster.binaries.folder / "postgres"), "-D", str(cluster.data), *_options(port, keep=keep)),
        ready=ready,
        user=cluster.user,
        stop=signal.SIGINT,  # the fast shutdown; SIGTERM would wait for its clients
    )


async def _make(cluster: Cluster, *, log: Path) -> None:
    made = cluster.data.with_name("making")  # moved when it is whole: an interrupted start leaves no half a cluster
    shutil.rmtree(made, ignore_errors=True)
    made.mkdir(parents=True, mode=0o700)
    if cluster.user:
        shutil.chown(made, cluster.user)
    initdb = str(cluster.binaries.folder / "initdb")
    options = ("-U", NAME, "--auth=trust", "--encoding=UTF8", "--no-sync", "--no-instructions")
    await run((initdb, "-D", str(made), *options, *_collation(cluster.binaries)), log=log, user=cluster.user)
    made.replace(cluster.data)


def _collation(binaries: Binaries) -> tuple[str, ...]:
    """Order by code point, upper and lower case as Unicode says, the same on every machine where that can be had."""
    if binaries.major >= 17:
        return ("--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8")
    return ("--locale=C.UTF-8",)


def _refuse_other_version(cluster: Cluster) -> None:
    made_by = int((cluster.data / "PG_VERSION").read_text("ascii"))
    if made_by != cluster.binaries.major:
        raise CannotStart(
            f"{cluster.data} was made by PostgreSQL {made_by}, here is {cluster.binaries.major}",
            mend="`make reset` wipes it, or set DATABASE_URL",
        )


def _options(port: int, *, keep: bool) -> list[str]:
    options = [
        f"port={port}",
        f"listen_addresses={LOOPBACK}",
        "unix_socket_directories=",
        "max_connections=200",
        "timezone=UTC",
        *(() if keep else FAST),
    ]
    return [word for option in options for word in ("-c", option)]


async def _serves(port: int) -> bool:
    """Whether it answers queries; the application's database is made on the way."""
    try:
        connection = await psycopg.AsyncConnection.connect(
            host=LOOPBACK, port=port, user=NAME, dbname="postgres", connect_timeout=2, autocommit=True
        )
    except psycopg.OperationalError:
        return False
    async with connection:
        found = await connection.execute("SELECT FROM pg_database WHERE datname = %s", (NAME,))
        if not found.rowcount:
            await connection.execute(f'CREATE DATABASE "{NAME}"')
    return True


def wipe(folder: Path) -> None:
    """Delete the cluster, wherever it lies."""
    for place in {folder, home(folder)}:
        if place.exists():
            shutil.rmtree(place)
