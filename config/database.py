"""DATABASE_URL as Django wants it. The URL's own options (`sslmode`, `application_name`, …) reach the driver."""

from ipaddress import ip_address
from typing import Any
from urllib.parse import unquote, urlsplit

import dj_database_url
from django.core.exceptions import ImproperlyConfigured
from psycopg import ProgrammingError
from psycopg.conninfo import make_conninfo

from config.postgres.connection import BoundedConnection

ENGINE = "django_tenants.postgresql_backend"
SCHEMES = ("postgres", "postgresql", "pgsql")
OWN = {"host": "HOST", "port": "PORT", "user": "USER", "password": "PASSWORD", "dbname": "NAME"}
"""Options that say what the URL itself may say; so does libpq, `postgres:///name?host=/run/postgresql` for one."""

CONNECT_TIMEOUT = "5"
"""Seconds that one connection may take to be made, unless the URL says `connect_timeout`."""


def parse_database(url: str, *, pool: int) -> dict[str, Any]:
    """The setting DATABASES["default"]: at most `pool` connections a process. ImproperlyConfigured where the URL cannot
    be read; what it says is not repeated, there is a password in it."""
    found = _parse(url)
    options = {name: _to_text(name, value) for name, value in found.get("OPTIONS", {}).items()}
    found |= {OWN[name]: options.pop(name) for name in OWN if name in options}
    if not found["NAME"]:
        raise ImproperlyConfigured("DATABASE_URL names no database: postgres://user:password@host:port/name")
    try:
        make_conninfo(**options)
    except ProgrammingError as error:
        raise ImproperlyConfigured(
            f"DATABASE_URL has an option that PostgreSQL does not know: {str(error).strip()}"
        ) from None
    own = {"pool": {"min_size": 1, "max_size": pool, "connection_class": BoundedConnection}}
    return found | {"OPTIONS": {"connect_timeout": CONNECT_TIMEOUT} | options | own}


def host_of_database(url: str) -> str:
    """The host that DATABASE_URL leads to; empty for none, and for a URL that cannot be read."""
    try:
        return str(parse_database(url, pool=1)["HOST"]) if url else ""
    except ImproperlyConfigured:
        return ""  # whoever connects is told


def is_local(host: str) -> bool:
    """Whether this host, as a URL has it, is this machine: a loopback address, a socket's folder, or none."""
    if not host or host.startswith("/") or host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _parse(url: str) -> dict[str, Any]:
    try:
        parts = urlsplit(url)
        if parts.scheme not in SCHEMES:
            raise ImproperlyConfigured(f"DATABASE_URL begins with {SCHEMES[0]}://")
        found = dict(dj_database_url.parse(url, engine=ENGINE))
    except ValueError:
        hint = "a character like / ? # [ ] in the password is written in per cent, %2F for one"
        raise ImproperlyConfigured(f"DATABASE_URL cannot be read as a URL: {hint}") from None
    host = parts.netloc.rpartition("@")[2]
    if host[:3].upper() == "%2F":  # the folder of a socket, whose letters `urlsplit` would make small
        found["HOST"] = unquote(host.partition(":")[0])
    return found


def _to_text(name: str, value: object) -> str:
    if isinstance(value, list):
        raise ImproperlyConfigured(f"DATABASE_URL says {name} more than once")
    return str(value).lower() if isinstance(value, bool) else str(value)
