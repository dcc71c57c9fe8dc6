"""RabbitMQ as the machine has it (Debian's package `rabbitmq-server`), on the loopback and in a folder of its own: for
tests and `make chaos`. Neither the machine's own service nor its users are touched.

Debian's wrapper of the script wants to become the user `rabbitmq`; the script behind it runs as whoever calls it.
"""

import shutil
from collections.abc import Sequence
from pathlib import Path

from config.stack.failures import CannotStart
from config.stack.part import Part
from config.stack.ports import LOOPBACK, answers, free_port

SCRIPT = Path("/usr/lib/rabbitmq/bin/rabbitmq-server")
NODE = "tenfold@localhost"
MISSING = "RabbitMQ is not on this machine: install Debian's package rabbitmq-server"


def is_installed() -> bool:
    """Whether this machine has what it takes."""
    return SCRIPT.exists() and shutil.which("epmd") is not None


def url(port: int) -> str:
    """What CELERY_BROKER_URL is."""
    return f"amqp://guest:guest@{LOOPBACK}:{port}//"


def rabbitmq(*, port: int, folder: Path) -> Sequence[Part]:
    """Erlang's port mapper, and a node that listens on `port`; they are started in this order. CannotStart."""
    if not is_installed():
        raise CannotStart("There is no RabbitMQ", mend="install rabbitmq-server")
    names = free_port()
    return (_port_mapper(names), _node(port=port, folder=folder, names=names))


def _port_mapper(port: int) -> Part:
    """One of our own: the node would start one that stays behind."""

    async def ready() -> bool:
        return await answers(port)

    command = (shutil.which("epmd") or "epmd", "-port", str(port), "-address", LOOPBACK)
    return Part(name="epmd", title="Erlang's port mapper", command=command, ready=ready)


def _node(*, port: int, folder: Path, names: int) -> Part:
    async def ready() -> bool:
        return await answers(port)

    return Part(
        name="rabbitmq",
        title="RabbitMQ",
        command=(str(SCRIPT),),
        ready=ready,
        env={
            "HOME": str(_home(folder)),
            "RUNNING_UNDER_SYSTEMD": "yes",  # the script becomes the server, instead of staying as its parent
            "RABBITMQ_NODENAME": NODE,
            "RABBITMQ_NODE_IP_ADDRESS": LOOPBACK,
            "RABBITMQ_NODE_PORT": str(port),
            "RABBITMQ_DIST_PORT": str(free_port()),
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "-kernel inet_dist_use_interface {127,0,0,1}",
            "ERL_EPMD_ADDRESS": LOOPBACK,
            "ERL_EPMD_PORT": str(names),
            "RABBITMQ_MNESIA_BASE": str(folder / "data"),
            "RABBITMQ_LOG_BASE": str(folder / "log"),
            "RABBITMQ_LOGS": "-",
            "RABBITMQ_PID_FILE": str(folder / "pid"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(folder / "plugins"),
            "RABBITMQ_CONFIG_FILE": str(folder / "rabbitmq"),
            "RABBITMQ_ADVANCED_CONFIG_FILE": str(folder / "advanced"),
            "RABBITMQ_CONF_ENV_FILE": str(folder / "env.conf"),
        },
    )


def _home(folder: Path) -> Path:
    """Erlang's cookie comes to be there; no plugins, no settings of the machine's."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "plugins").write_text("[].\n")
    (folder / "rabbitmq.conf").write_text("loopback_users.guest = true\n")
    return folder
