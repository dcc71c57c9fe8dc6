"""Stores for one test run: on free ports, in a temporary folder, gone when standard input closes.

`python -m config.stack.ephemeral` writes one line of JSON when all of them serve: the environment variables that name
them. Whoever started it holds its standard input; when that process ends, however it ends, so do the stores.
"""

import asyncio
import io
import json
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from config.environment import Environment, environment
from config.stack.failures import CannotStart
from config.stack.ports import LOOPBACK, free_port
from config.stack.postgres import wipe
from config.stack.running import first_of
from config.stack.screen import Screen
from config.stack.stores import start_stores
from config.stack.supervisor import Supervisor


async def main() -> None:
    """Start, say where, stay until standard input closes."""
    with TemporaryDirectory(prefix="tenfold-test-", ignore_cleanup_errors=True) as folder:
        local = Path(folder)
        local.chmod(0o711)  # the user PostgreSQL runs as must be able to pass
        env = elsewhere(local)
        async with Supervisor(local=local, tell=lambda text: print(text, file=sys.stderr)) as stores:  # noqa: T201
            downloads = environment().local.absolute() / "dynamodb"
            screen = Screen(io.StringIO())
            await start_stores(env, downloads=downloads, supervisor=stores, screen=screen, keep=False)
            sys.stdout.write(json.dumps(addresses(env)) + "\n")
            sys.stdout.flush()
            await end_of_input()
        wipe(local / "postgres")


def elsewhere(local: Path) -> Environment:
    """The environment of this process, but on free ports and in `local`."""
    ports = {name: free_port() for name in ("postgres_port", "dynamodb_port", "broker_port")}
    return environment().model_copy(update={"local": local, **ports})


def addresses(env: Environment) -> dict[str, str]:
    """The environment variables that lead another process to these stores."""
    return {
        "DATABASE_URL": env.database,
        "DYNAMODB_ENDPOINT": env.dynamodb_endpoint or f"http://{LOOPBACK}:{env.dynamodb_port}",
        "CELERY_BROKER_URL": env.broker,
        "TENFOLD_LOCAL": str(env.local),
        "TENFOLD_STATIC": str(environment().static_folder.absolute()),  # collected once for all runs
    }


async def end_of_input() -> None:
    """Return when standard input closes."""
    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    await reader.read()


if __name__ == "__main__":
    try:
        asyncio.run(main())
    except* CannotStart as failed:
        sys.exit(str(first_of(failed)))
