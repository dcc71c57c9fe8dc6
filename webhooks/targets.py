"""Where a webhook may go: to public addresses, by https. Whatever a name resolves to is looked at before it is used."""

import ipaddress
import socket
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from django.conf import settings

from cqrs.domain import Refused

URL_MOST = 2000

TUNNELS = tuple(map(ipaddress.ip_network, ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32")))
"""Addresses of IPv6 that lead to one of IPv4, which may be anybody's."""


class InvalidUrl(Refused):
    """A webhook goes to an https address without user name or fragment, such as https://example.com/hooks."""


class NotPublic(Refused):
    """A webhook goes to public addresses only."""


@dataclass(frozen=True, slots=True)
class Target:
    """An address that was found good, and what is asked of it there."""

    address: str
    port: int
    host: str
    path: str
    is_secure: bool


def check_url(url: str) -> None:
    """InvalidUrl; NotPublic where it names an address itself. A name is resolved at each delivery."""
    host = _split(url).hostname or ""
    if _literal(host) and not _is_allowed(host):
        raise NotPublic(pointer="/url")


def target_of(url: str) -> Target:
    """Where to connect to now. InvalidUrl, NotPublic; OSError where the name leads nowhere."""
    parts = _split(url)
    host, is_secure = parts.hostname or "", parts.scheme == "https"
    port = parts.port or (443 if is_secure else 80)
    found = [str(each[4][0]) for each in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    if not all(_is_allowed(address) for address in found):
        raise NotPublic(pointer="/url")
    path = parts._replace(scheme="", netloc="", path=parts.path or "/").geturl()
    return Target(found[0], port, host, path, is_secure)


def _split(url: str) -> SplitResult:
    if len(url) > URL_MOST or not url.isascii() or not url.isprintable() or " " in url:
        raise InvalidUrl(pointer="/url")
    try:
        parts = urlsplit(url)
        is_port = parts.port is None or parts.port > 0
    except ValueError:
        raise InvalidUrl(pointer="/url") from None
    schemes = ("https", "http") if settings.WEBHOOKS_LOCAL else ("https",)
    if parts.scheme not in schemes or not parts.hostname or not is_port or "@" in parts.netloc or parts.fragment:
        raise InvalidUrl(pointer="/url")
    return parts


def _literal(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _is_allowed(address: str) -> bool:
    if settings.WEBHOOKS_LOCAL:
        return True
    found = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(found, ipaddress.IPv6Address) and (mapped := found.ipv4_mapped):
        found = mapped
    is_tunnel = any(found.version == tunnel.version and found in tunnel for tunnel in TUNNELS)
    return found.is_global and not found.is_multicast and not is_tunnel
