"""What a deployment must have set. `check --deploy` tells all of it; without keys nothing starts at all where the
stores are on other machines.

The line between the two: with DATABASE_URL or DYNAMODB_ENDPOINT on another machine, a key that one machine makes up is
wrong for certain. On this machine (a loopback address, a socket) it may be somebody's desk, where `.local` keeps one.
"""

from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import urlsplit

from django.apps import AppConfig
from django.core.checks import CheckMessage, Error, register
from django.core.management.base import SystemCheckError

from config.environment import Environment, environment

KEYS = {"TENFOLD_SECRET_KEY": "secret_key", "TENFOLD_MASTER_KEY": "master_key"}
NEW_KEY = 'python -c "import secrets; print(secrets.token_urlsafe(50))"'

MIN_KEY_LENGTH, MIN_KEY_CHARACTERS = 32, 10
"""Characters of a key, and different ones among them."""


@register("tenfold")
def keys_are_set_for_stores_elsewhere(app_configs: Sequence[AppConfig] | None, **_: Any) -> list[CheckMessage]:
    """E010: the stores are on other machines, and a key is not set. Nothing starts."""
    env = environment()
    return _missing(env, stores=env.stores_elsewhere)


def require_keys() -> None:
    """Raise SystemCheckError with E010 where that is so; for commands that start before any store does."""
    if missing := keys_are_set_for_stores_elsewhere(None):
        raise SystemCheckError("\n".join(map(str, missing)))


@register("tenfold", deploy=True)
def deployment_is_complete(app_configs: Sequence[AppConfig] | None, **_: Any) -> list[CheckMessage]:
    """E010 to E015, as `check --deploy` tells them."""
    env = environment()
    return [*check_keys(env), *check_switches(env), *check_address(env)]


def check_keys(env: Environment) -> Iterator[CheckMessage]:
    """E010: no key, where the stores are not the embedded ones. E011: a key that can be guessed, or one for both."""
    named = {"DATABASE_URL": env.database_url, "DYNAMODB_ENDPOINT": env.dynamodb_endpoint}
    if not env.stores_elsewhere:  # those of another machine are the concern of the check that always stands
        yield from _missing(env, stores=[name for name, value in named.items() if value])
    for variable, field in KEYS.items():
        key = getattr(env, field)
        if key and (len(key) < MIN_KEY_LENGTH or len(set(key)) < MIN_KEY_CHARACTERS):
            said = (
                f"{variable} is too short or too regular: {MIN_KEY_LENGTH} characters, {MIN_KEY_CHARACTERS} different."
            )
            yield Error(said, hint=NEW_KEY, id="tenfold.E011")
    if env.secret_key and env.secret_key == env.master_key:
        said = "TENFOLD_SECRET_KEY and TENFOLD_MASTER_KEY are the same: whoever learns one has both."
        yield Error(said, hint=NEW_KEY, id="tenfold.E011")


def check_switches(env: Environment) -> Iterator[CheckMessage]:
    """E012, E013: what is for development only."""
    if env.debug:
        yield Error("TENFOLD_DEBUG shows the inside to everybody.", hint="unset it", id="tenfold.E012")
    if env.webhooks_local:
        said = "TENFOLD_WEBHOOKS_LOCAL lets tenants reach the private network."
        yield Error(said, hint="unset it", id="tenfold.E013")


def check_address(env: Environment) -> Iterator[CheckMessage]:
    """E014: people reach us by http, or nobody said how. E015: the address is another host's."""
    address = urlsplit(env.address)
    if address.scheme != "https" or not address.hostname:
        said = "TENFOLD_ADDRESS is not https: passwords, sessions and keys travel in the open."
        hint = "terminate TLS in front, and set TENFOLD_ADDRESS=https://example.com"
        yield Error(said, hint=hint, id="tenfold.E014")
    if address.hostname and address.hostname != env.host.lower():
        said = (
            f"TENFOLD_ADDRESS is at {address.hostname}, TENFOLD_HOST is {env.host}: links lead to where nobody answers."
        )
        yield Error(said, hint=f"set TENFOLD_HOST={address.hostname}", id="tenfold.E015")


def _missing(env: Environment, *, stores: Sequence[str]) -> list[CheckMessage]:
    return [
        Error(
            f"{variable} is not set, while {' and '.join(stores)} leads to what outlives this machine.",
            hint=f"the same one for every process on every machine: {NEW_KEY}",
            id="tenfold.E010",
        )
        for variable, field in KEYS.items()
        if stores and not getattr(env, field)
    ]
