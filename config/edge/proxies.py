"""The proxies in front of this process, and what their headers say of a client.

Each proxy adds to `X-Forwarded-For` the address that it was spoken to from, and to `X-Forwarded-Proto` the scheme. So
the rightmost word is that of the proxy next to us, and what stands left of the believed ones anybody may have written.
`X-Forwarded-Host` and `Forwarded` (RFC 7239) are not read at all.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from itertools import takewhile

SCHEMES = ("http", "https")

_HOPS = re.compile(r"[0-9]{1,2}", re.ASCII)
_SPELLING = re.compile(r"\[(.*)\](?::[0-9]{1,5})?|([^:]*)(?::[0-9]{1,5})?|(.*)", re.ASCII)
"""In brackets, an IPv4 address, or a bare IPv6 one; the first two also with a port, which some proxies add."""


@dataclass(frozen=True)
class Client:
    """Who sent a request: their address, and the scheme by which they came."""

    address: str
    scheme: str


@dataclass(frozen=True)
class Proxies:
    """Whose word is believed: that of so many hops, whoever speaks to us, or that of peers within networks."""

    hops: int = 0
    networks: tuple[IPv4Network | IPv6Network, ...] = ()

    def __bool__(self) -> bool:
        """Whether anybody is believed."""
        return bool(self.hops or self.networks)

    def find_client(self, *, peer: str, scheme: str, forwarded_for: str, forwarded_proto: str) -> Client:
        """The client of a request that `peer` sent by `scheme`, with these two headers, empty where there are none.

        With fewer words than hops the leftmost one is taken. One that is no address leaves the peer's, one that is no
        scheme the connection's own.
        """
        words = forwarded_for.split(",") if forwarded_for else []
        hops = self._count_hops(peer, words)
        if not hops:
            return Client(peer, scheme)
        address = parse_address(_word(words, hops))
        proto = _word(forwarded_proto.split(","), hops).strip().lower()
        return Client(str(address) if address else peer, proto if proto in SCHEMES else scheme)

    def _count_hops(self, peer: str, words: Sequence[str]) -> int:
        """How many speakers are believed, from the peer on to the left."""
        return self.hops or len(list(takewhile(self._believes, [peer, *reversed(words)])))

    def _believes(self, speaker: str) -> bool:
        address = parse_address(speaker)
        return address is not None and any(address in network for network in self.networks)


def parse_proxies(text: str) -> Proxies:
    """`2` is two hops; `10.0.0.0/8,127.0.0.1` are networks; nobody where empty. ValueError for anything else."""
    words = [word.strip() for word in text.split(",")]
    if words == [""]:
        return Proxies()
    if _HOPS.fullmatch(words[0]) and len(words) == 1:
        return Proxies(hops=int(words[0]))
    try:
        return Proxies(networks=tuple(map(ip_network, words)))
    except ValueError as error:
        expected = "a number of hops, or networks such as 10.0.0.0/8,127.0.0.1"
        raise ValueError(f"TENFOLD_PROXIES is {expected}, not {text!r}: {error}.") from None


def parse_address(text: str) -> IPv4Address | IPv6Address | None:
    """An address as proxies write it, without its port and zone; None for what is no address. One of IPv4 within IPv6
    (RFC 4291 2.5.5.2) is the IPv4 address."""
    match = _SPELLING.fullmatch(text.strip())
    bare = next((group for group in match.groups() if group is not None), "") if match else ""
    try:
        address = ip_address(bare.partition("%")[0])
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


def _word(words: Sequence[str], hops: int) -> str:
    """What the last believed speaker said."""
    return words[-min(hops, len(words))] if words else ""
