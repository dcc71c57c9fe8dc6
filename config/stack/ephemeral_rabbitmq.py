"""A RabbitMQ for one test module: on free ports, in a temporary folder, gone when standard input closes.

`python -m config.stack.ephemeral_rabbitmq` writes one line of JSON when it serves: its `url`, the `pid` of its process,
the environment `ctl` of `rabbitmqctl`.
"""

import asyncio
import json
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from config.stack.ephemeral import end_of_input
from config.stack.failures import CannotStart
from config.stack.ports import free_port
from config.stack.rabbitmq import rabbitmq, url
from config.stack.supervisor import Supervisor


async def main() -> None:
    """Start, say where, stay until standard input closes."""
    with TemporaryDirectory(prefix="tenfold-rabbitmq-", ignore_cleanup_errors=True) as folder:
        port = free_port()
        names, node = rabbitmq(port=port, folder=Path(folder))
        async with Supervisor(local=Path(folder), tell=lambda text: print(text, file=sys.stderr)) as supervisor:  # noqa: T201
            await supervisor.start(names)
            await supervisor.start(node)
            told = {"url": url(port), "pid": supervisor.pid(node), "ctl": dict(node.env)}
            sys.stdout.write(json.dumps(told) + "\n")
            sys.stdout.flush()
            await end_of_input()


if __name__ == "__main__":
    try:
        asyncio.run(main())
    except CannotStart as failed:
        sys.exit(str(failed))
