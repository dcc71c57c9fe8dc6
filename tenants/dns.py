"""What the domain name system says, asked of the machine's own name servers, or of the one in settings.RESOLVER."""

from django.conf import settings
from dns.exception import DNSException
from dns.resolver import NXDOMAIN, NoAnswer, Resolver

from cqrs.deadlines import time_left
from cqrs.domain import Unavailable

PATIENCE = 3.0
"""Seconds within which an answer has to be there."""


class DnsSilent(Unavailable):
    """The name servers did not answer; please try again."""


def texts(name: str) -> list[str]:
    """The TXT records of a name; empty where there is none. DnsSilent."""
    try:
        answer = _resolver().resolve(name, "TXT", lifetime=time_left(PATIENCE))
    except (NXDOMAIN, NoAnswer):
        return []
    except DNSException as error:
        raise DnsSilent from error
    return [b"".join(record.strings).decode("utf-8", "replace") for record in answer]


def addresses(name: str, *, timeout: float) -> list[str]:
    """The addresses of a name, of either family, within so many seconds. DNSException where there are none."""
    answer = _resolver().resolve_name(name, lifetime=timeout, search=False)
    return list(answer.addresses())


def _resolver() -> Resolver:
    if not settings.RESOLVER:
        return Resolver()
    host, _, port = settings.RESOLVER.rpartition(":")
    resolver = Resolver(configure=False)
    resolver.nameservers, resolver.port = [host], int(port)
    return resolver
