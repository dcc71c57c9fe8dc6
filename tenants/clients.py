"""Whom a limit counts: clients by the network that they surely are alone in."""

from ipaddress import IPv6Address, IPv6Network

from django.http import HttpRequest

OWN_BITS = 64
"""Of an IPv6 address, those that name a customer's network: whoever has one address has at least that many others
(RFC 6177, RFC 8981), and could come from a new one each time."""


def network_of(request: HttpRequest) -> str:
    """The client's address; of IPv6, the first address of its /64."""
    address = str(request.META.get("REMOTE_ADDR", ""))[:64]
    try:
        number = int(IPv6Address(address.partition("%")[0]))
    except ValueError:
        return address
    return str(IPv6Network((number, OWN_BITS), strict=False).network_address)
