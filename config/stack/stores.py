"""The three stores: which of them the environment names, and starting the others side by side."""

import asyncio
from collections.abc import Awaitable, Iterator
from pathlib import Path

from config.database import host_of_database
from config.environment import Environment
from config.stack.dynamodb import dynamodb
from config.stack.part import Part
from config.stack.ports import LOOPBACK, require_answer
from config.stack.postgres import postgres
from config.stack.screen import Screen
from config.stack.supervisor import Supervisor
from config.stack.valkey import valkey


def ports(env: Environment) -> Iterator[tuple[str, int, str]]:
    """What this process must be able to listen on: the setting that moves it, the port, the address."""
    yield "TENFOLD_PORT", env.port, env.bind
    if not env.database_url:
        yield "TENFOLD_POSTGRES_PORT", env.postgres_port, LOOPBACK
    if not env.dynamodb_endpoint:
        yield "TENFOLD_DYNAMODB_PORT", env.dynamodb_port, LOOPBACK
    if not env.celery_broker_url:
        yield "TENFOLD_BROKER_PORT", env.broker_port, LOOPBACK


async def start_stores(
    env: Environment, *, downloads: Path, supervisor: Supervisor, screen: Screen, keep: bool = True
) -> None:
    """Start what the environment does not name; `downloads` holds the emulator, `keep` makes writes durable."""
    async with asyncio.TaskGroup() as group:
        group.create_task(_database(env, supervisor=supervisor, screen=screen, keep=keep))
        group.create_task(_log(env, downloads=downloads, supervisor=supervisor, screen=screen, keep=keep))
        group.create_task(_broker(env, supervisor=supervisor, screen=screen))


async def _database(env: Environment, *, supervisor: Supervisor, screen: Screen, keep: bool) -> None:
    if env.database_url:
        host = host_of_database(env.database_url)
        if host and not host.startswith("/"):  # a socket's folder answers no port; whoever connects first is told
            await require_answer(env.database_url, setting="DATABASE_URL", default_port=5432)
        screen.tick("PostgreSQL", "yours, DATABASE_URL")
        return
    log = env.local / "log" / "postgres.log"
    making = postgres(port=env.postgres_port, folder=env.local / "postgres", keep=keep, log=log)
    await _start(making, f"{LOOPBACK}:{env.postgres_port}", title="PostgreSQL", supervisor=supervisor, screen=screen)


async def _log(env: Environment, *, downloads: Path, supervisor: Supervisor, screen: Screen, keep: bool) -> None:
    if env.dynamodb_endpoint:
        if env.dynamodb:
            await require_answer(env.dynamodb, setting="DYNAMODB_ENDPOINT", default_port=443)
        screen.tick("DynamoDB", "yours, DYNAMODB_ENDPOINT")
        return
    making = dynamodb(
        port=env.dynamodb_port,
        downloads=downloads,
        data=env.local / "dynamodb" / "data" if keep else None,
        log=env.local / "log" / "dynamodb.log",
    )
    await _start(
        making, f"{LOOPBACK}:{env.dynamodb_port}", title="DynamoDB Local", supervisor=supervisor, screen=screen
    )


async def _broker(env: Environment, *, supervisor: Supervisor, screen: Screen) -> None:
    if env.celery_broker_url:
        screen.tick("Broker", "yours, CELERY_BROKER_URL")
        return
    making = valkey(port=env.broker_port)
    await _start(making, f"{LOOPBACK}:{env.broker_port}", title="Valkey", supervisor=supervisor, screen=screen)


async def _start(making: Awaitable[Part], address: str, *, title: str, supervisor: Supervisor, screen: Screen) -> None:
    with screen.step(title) as words:
        await supervisor.start(await making)
        words.append(address)
