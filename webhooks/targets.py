"""Where a webhook may go: by https to a public host, on a port that is open to webhooks.

What is written is checked when a webhook is made, and whatever its name leads to then; and again at each delivery,
which connects to the very addresses that were checked.
"""

import re
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit

from django.conf import settings

from cqrs.domain import Refused
from webhooks.addresses import is_public
from webhooks.lookup import resolve

URL_MOST = 2000

CHECK_TIMEOUT = 1.0
"""Seconds in which a name has to resolve while somebody waits; one that does not is tried at delivery."""

RESOLVE_TIMEOUT = 5.0
"""Seconds in which a name has to resolve at delivery."""

LOCAL_NAMES = ("localhost", "local", "internal", "home.arpa")
"""Names of no public host (RFC 6761, 6762, 8375; ICANN's `internal`), nor what is below them."""

_URL = re.compile(r"[!$&'()*+,\-./0-9:;=?@A-Z\[\]_a-z~]+|(?:%[0-9A-Fa-f]{2})", re.ASCII)
_PLACE = re.compile(r"(\[[0-9A-Fa-f.]*:[0-9A-Fa-f:.]*\]|[^\[\]:@]+)(:[0-9]*)?", re.ASCII)
_LABEL = r"(?!-)[a-z0-9-]{1,63}(?<!-)"
_NAME = re.compile(rf"(?=.{{1,253}}$)({_LABEL}\.)+([a-z]{{2,63}}|xn--[a-z0-9-]{{1,58}}(?<!-))", re.ASCII)


class InvalidUrl(Refused):
    """A webhook goes to an https address without user name or fragment, such as https://example.com/hooks."""


class NotPublic(Refused):
    """A webhook goes to public addresses only."""


class PortClosed(Refused):
    """A webhook goes to port 443, or another one that is open to webhooks."""


@dataclass(frozen=True, slots=True)
class Target:
    """Addresses that were found good, and what is asked of them."""

    addresses: tuple[str, ...]
    port: int
    host: str
    path: str
    is_secure: bool


def check_url(url: str) -> None:
    """InvalidUrl, NotPublic, PortClosed by what is written alone."""
    parts = _split(url)
    _check_host(parts)
    _check_port(parts)


def check_target(url: str) -> None:
    """The same; and NotPublic where its name leads to an address that is not. A name that does not resolve in a second
    is taken: it is tried at delivery."""
    check_url(url)
    host = _host(_split(url))
    if settings.WEBHOOKS_LOCAL or _is_literal(host):
        return
    try:
        found = resolve(host, timeout=CHECK_TIMEOUT)
    except OSError:
        return
    _check_addresses(found)


def find_target(url: str) -> Target:
    """Where to connect to now. InvalidUrl, NotPublic, PortClosed; OSError where the name leads nowhere."""
    check_url(url)
    parts = _split(url)
    host = _host(parts)
    found = [host] if _is_literal(host) else resolve(host, timeout=RESOLVE_TIMEOUT)
    _check_addresses(found)
    path = parts._replace(scheme="", netloc="", path=parts.path or "/").geturl()
    return Target(tuple(found), _port(parts), host, path, parts.scheme == "https")


def _split(url: str) -> SplitResult:
    if len(url) > URL_MOST or _URL.sub("", url):
        raise InvalidUrl(pointer="/url")
    try:
        parts = urlsplit(url)
        is_port = parts.port is None or parts.port > 0
    except ValueError:
        raise InvalidUrl(pointer="/url") from None
    schemes = ("https", "http") if settings.WEBHOOKS_LOCAL else ("https",)
    if parts.scheme not in schemes or not is_port or not _PLACE.fullmatch(parts.netloc):
        raise InvalidUrl(pointer="/url")
    return parts


def _check_host(parts: SplitResult) -> None:
    """An address as it is written usually, or a full name: no other spelling of a number is one."""
    host = _host(parts)
    if settings.WEBHOOKS_LOCAL:
        return
    if _is_literal(host):
        _check_addresses([host])
    elif any(f".{host}".endswith(f".{name}") for name in LOCAL_NAMES):
        raise NotPublic(pointer="/url")
    elif not _NAME.fullmatch(host):
        raise InvalidUrl(pointer="/url")


def _check_port(parts: SplitResult) -> None:
    if not settings.WEBHOOKS_LOCAL and _port(parts) not in settings.WEBHOOK_PORTS:
        raise PortClosed(pointer="/url", ports=sorted(settings.WEBHOOK_PORTS))


def _check_addresses(found: list[str]) -> None:
    if not settings.WEBHOOKS_LOCAL and not all(map(is_public, found)):
        raise NotPublic(pointer="/url")


def _host(parts: SplitResult) -> str:
    return parts.hostname or ""


def _port(parts: SplitResult) -> int:
    return parts.port or (443 if parts.scheme == "https" else 80)


def _is_literal(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
