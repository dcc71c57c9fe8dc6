"""Which addresses are of the public internet: the IANA special-purpose registries, read the strict way.

https://www.iana.org/assignments/iana-ipv4-special-registry and …/iana-ipv6-special-registry. What a registry calls not
globally reachable is refused; so is what leads on to an address of the other family, which may be anybody's, and what
is reachable but no host's (anycast services, multicast). `ipaddress.is_global` lets some of these through.
"""

from ipaddress import IPv4Address, IPv4Network, IPv6Network, ip_address

RESERVED_V4 = tuple(
    map(
        IPv4Network,
        (
            "0.0.0.0/8",  # this network (RFC 791)
            "10.0.0.0/8",  # private use (RFC 1918)
            "100.64.0.0/10",  # shared address space of carriers (RFC 6598)
            "127.0.0.0/8",  # loopback (RFC 1122)
            "169.254.0.0/16",  # link local, and the metadata of clouds (RFC 3927)
            "172.16.0.0/12",  # private use (RFC 1918)
            "192.0.0.0/24",  # protocol assignments (RFC 6890)
            "192.0.2.0/24",  # documentation (RFC 5737)
            "192.31.196.0/24",  # AS112 (RFC 7535)
            "192.52.193.0/24",  # multicast tunnels (RFC 7450)
            "192.88.99.0/24",  # relays of 6to4 (RFC 7526)
            "192.168.0.0/16",  # private use (RFC 1918)
            "192.175.48.0/24",  # AS112 (RFC 7534)
            "198.18.0.0/15",  # benchmarks (RFC 2544)
            "198.51.100.0/24",  # documentation (RFC 5737)
            "203.0.113.0/24",  # documentation (RFC 5737)
            "224.0.0.0/4",  # multicast (RFC 5771)
            "240.0.0.0/4",  # reserved, and the broadcast address (RFC 1112, 919)
        ),
    )
)

UNICAST_V6 = IPv6Network("2000::/3")
"""All that is allocated of global unicast. Outside lie loopback, IPv4-compatible, -mapped and -translated addresses,
NAT64, unique local, link local, site local and multicast addresses, segment routing, and what is nobody's yet."""

RESERVED_V6 = tuple(
    map(
        IPv6Network,
        (
            "2001::/23",  # protocol assignments: Teredo, benchmarks, ORCHID, … (RFC 2928)
            "2001:db8::/32",  # documentation (RFC 3849)
            "2002::/16",  # 6to4: leads to an address of IPv4 (RFC 3056)
            "2620:4f:8000::/48",  # AS112 (RFC 7534)
            "3fff::/20",  # documentation (RFC 9637)
        ),
    )
)


def is_public(address: str) -> bool:
    """Whether this is the address of a host on the public internet; False for what is no address, or has a zone."""
    if "%" in address:
        return False
    try:
        found = ip_address(address)
    except ValueError:
        return False
    if isinstance(found, IPv4Address):
        return not any(found in network for network in RESERVED_V4)
    return found in UNICAST_V6 and not any(found in network for network in RESERVED_V6)
