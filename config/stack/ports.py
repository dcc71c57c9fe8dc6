"""TCP ports of the loopback: is one free, who has it, does someone answer."""

import asyncio
import re
import shutil
import socket
import subprocess
from urllib.parse import urlsplit

from config.stack.failures import CannotStart

LOOPBACK = "127.0.0.1"


def free_port() -> int:
    """A port that nobody listens on at this moment."""
    with socket.create_server((LOOPBACK, 0)) as server:
        port: int = server.getsockname()[1]
        return port


def is_free(port: int, *, host: str = LOOPBACK) -> bool:
    """Whether this process could listen on `port` now."""
    try:
        socket.create_server((host, port)).close()
    except OSError:
        return False
    return True


def require_free(port: int, *, setting: str, host: str = LOOPBACK) -> None:
    """Refuse to go on when somebody else listens on `port`, and say who."""
    if not is_free(port, host=host):
        who = holder(port)
        raise CannotStart(
            f"Port {port} is taken{f' by {who}' if who else ''}", mend=f"stop that, or set {setting} to a free port"
        )


def holder(port: int) -> str:
    """Name and number of the process that listens on `port`, as far as `ss` of this machine knows."""
    if not (ss := shutil.which("ss")):
        return ""
    answer = subprocess.run([ss, "-Hltnp", f"sport = :{port}"], capture_output=True, text=True, check=False).stdout
    found = re.search(r'\(\("(?P<name>[^"]+)",pid=(?P<pid>\d+)', answer)
    return f"{found['name']} (process {found['pid']})" if found else ""


async def answers(port: int, *, host: str = LOOPBACK) -> bool:
    """Whether someone accepts connections there."""
    try:
        async with asyncio.timeout(2):
            _, writer = await asyncio.open_connection(host, port)
    except OSError:
        return False
    writer.close()
    return True


async def require_answer(url: str, *, setting: str, default_port: int) -> None:
    """Refuse to go on when the server that a setting names is away."""
    parts = urlsplit(url)
    if not await answers(parts.port or default_port, host=parts.hostname or LOOPBACK):
        raise CannotStart(f"{setting} names a server that does not answer", mend="start it, or unset the variable")
