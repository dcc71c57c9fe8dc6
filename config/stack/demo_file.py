"""`demo.json`, the demo's addresses and logins: there once everything is well, and drawn as the lines of the box."""

import json
from typing import Any

from config.environment import Environment

PENDING = "demo.pending"
"""What becomes `demo.json` once everything is well."""


def hide_demo(env: Environment) -> None:
    """Whoever waits for `demo.json` waits for this start, not for the last one. What it holds is kept."""
    if (env.local / "demo.json").exists():
        (env.local / "demo.json").replace(env.local / PENDING)


def publish_demo(env: Environment) -> None:
    """What the demo's step has written is there for all to read."""
    (env.local / PENDING).replace(env.local / "demo.json")


def rows(env: Environment) -> list[tuple[str, str]]:
    """The box's lines, out of the demo's file."""
    demo: dict[str, Any] = json.loads((env.local / "demo.json").read_text("utf-8"))
    staff = demo["staff"]
    lines = [("Public site", demo["base_url"]), ("Staff admin", staff["url"]), ("", _login(staff))]
    for name, tenant in demo["tenants"].items():
        lines += [(name, tenant["url"]), ("  owner", _login(tenant["owner"])), ("  viewer", _login(tenant["viewer"]))]
    first = next(iter(demo["tenants"].values()))
    url = f"{first['url'].rstrip('/')}/api/v1/todos/"
    return [*lines, ("API", f'curl -H "Authorization: Bearer {first["api_key"]}" {url}')]


def _login(person: dict[str, str]) -> str:
    return f"{person['email']}   {person['password']}"
