"""Secrets of an installation that sets none itself: made once, kept in the local folder, readable by their owner.

Only where the stores are on this machine as well: another machine would make other ones, and neither would read what
the other has written. There a secret that is not set is empty, and `config.deployment` lets nothing start.
"""

import secrets
from pathlib import Path

from config.environment import environment


def secret_key() -> str:
    """Django's SECRET_KEY: TENFOLD_SECRET_KEY, else one made once and kept in `.local/secret_key`."""
    return environment().secret_key or _local_secret("secret_key")


def master_key() -> str:
    """What wraps the keys of persons: TENFOLD_MASTER_KEY, else one made once and kept in `.local/master_key`."""
    return environment().master_key or _local_secret("master_key")


def _local_secret(name: str) -> str:
    env = environment()
    return "" if env.stores_elsewhere else _made_once(env.local / name)


def _made_once(path: Path) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with path.open("x", encoding="ascii") as file:
            path.chmod(0o600)
            file.write(secrets.token_urlsafe(50))
    except FileExistsError:
        pass  # another process, or an earlier start, made it
    return path.read_text("ascii")
