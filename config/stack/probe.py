"""Asking the web process how it is, and all the others."""

import asyncio
import json
from collections.abc import Collection
from http.client import HTTPConnection, HTTPException
from typing import Any

from config.environment import Environment
from config.stack.failures import CannotStart
from config.stack.ports import LOOPBACK

PATIENCE = 90.0
POLL = 0.1
PROBE_TIMEOUT = 5.0
"""Seconds after which a probe counts as not answered."""

NOT_ITS_FAULT = ("parked",)
"""Parts that no start mends: what was parked waits for a person."""


NO_BEAT = ("beat", "canary")
"""Parts that are not well where nobody has started beat."""


async def until_well(env: Environment, *, without: Collection[str] = ()) -> None:
    """Return when `/statusz` says that all parts are well, but for those that are not expected to be; CannotStart with
    their reasons when they are not in time."""
    found: list[str] = []
    try:
        async with asyncio.timeout(PATIENCE):
            while found := _reasons((await probe(env, "/statusz"))[1], without={*without, *NOT_ITS_FAULT}):
                await asyncio.sleep(POLL)
    except TimeoutError:
        what = f"Not well after {PATIENCE:g} s ({', '.join(found)})"
        raise CannotStart(what, mend=f"see the logs in {env.local / 'log'}") from None


async def probe(env: Environment, path: str) -> tuple[int, str]:
    """Status and body of a probe; status 0 when nobody answers."""
    return await asyncio.to_thread(_get, env, path)


def _reasons(body: str, *, without: Collection[str]) -> list[str]:
    try:
        checks: dict[str, dict[str, Any]] = json.loads(body)["checks"]
    except (ValueError, KeyError, TypeError):
        return [body[:300] or "no answer"]
    return [f"{name}: {part['reason']}" for name, part in checks.items() if not part["ok"] and name not in without]


def _get(env: Environment, path: str) -> tuple[int, str]:
    host = LOOPBACK if env.bind == "0.0.0.0" else env.bind
    connection = HTTPConnection(host, env.port, timeout=PROBE_TIMEOUT)
    try:
        connection.request("GET", path, headers={"Host": f"{env.host}:{env.port}"})
        response = connection.getresponse()
        return response.status, response.read().decode("utf-8", "replace")
    except (OSError, HTTPException) as error:
        return 0, str(error)
    finally:
        connection.close()
