"""Whose word is believed, by tables and by properties: whatever a client sends, what it says of itself is not heard."""

from ipaddress import IPv4Address, ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.edge.proxies import Client, Proxies, parse_address, parse_proxies

PEER = "10.0.0.1"
INSIDE = st.integers(0, 2**24 - 1).map(lambda n: str(IPv4Address("10.0.0.0") + n))
OUTSIDE = st.ip_addresses().map(lambda each: parse_address(str(each))).filter(lambda each: str(each)[:3] != "10.")
HEADER = st.text(st.characters(max_codepoint=255), max_size=60)


def client(setting: str, addresses: str = "", protos: str = "", *, peer: str = PEER) -> tuple[str, str]:
    proxies = parse_proxies(setting)
    found = proxies.find_client(peer=peer, scheme="http", forwarded_for=addresses, forwarded_proto=protos)
    return found.address, found.scheme


@pytest.mark.parametrize(
    ("setting", "addresses", "found"),
    [
        ("", "1.1.1.1", PEER),
        ("0", "1.1.1.1", PEER),
        ("1", "", PEER),
        ("1", "1.1.1.1", "1.1.1.1"),
        ("1", "6.6.6.6, 1.1.1.1", "1.1.1.1"),
        ("1", "6.6.6.6,1.1.1.1 ", "1.1.1.1"),
        ("2", "6.6.6.6, 1.1.1.1, 10.0.0.9", "1.1.1.1"),
        ("2", "1.1.1.1", "1.1.1.1"),
        ("10.0.0.0/8", "1.1.1.1", "1.1.1.1"),
        ("10.0.0.0/8", "6.6.6.6, 1.1.1.1, 10.0.0.9, 10.0.0.8", "1.1.1.1"),
        ("10.0.0.0/8", "10.0.0.7", "10.0.0.7"),
        ("10.0.0.0/8", "6.6.6.6, nobody, 10.0.0.9", PEER),
        ("192.168.0.0/16", "1.1.1.1", PEER),
        ("192.168.0.0/16, 10.0.0.1", "1.1.1.1", "1.1.1.1"),
        ("fd00::/8", "1.1.1.1", PEER),
    ],
)
def test_the_client_is_left_of_whoever_is_believed(setting: str, addresses: str, found: str) -> None:
    assert client(setting, addresses)[0] == found


@pytest.mark.parametrize(
    ("setting", "addresses", "protos", "found"),
    [
        ("", "1.1.1.1", "https", "http"),
        ("1", "1.1.1.1", "https", "https"),
        ("1", "1.1.1.1", " HTTPS ", "https"),
        ("1", "", "https", "https"),
        ("1", "1.1.1.1", "https, http", "http"),
        ("1", "1.1.1.1", "http,https", "https"),
        ("1", "1.1.1.1", "", "http"),
        ("1", "1.1.1.1", "wss", "http"),
        ("1", "1.1.1.1", "https,", "http"),
        ("2", "1.1.1.1, 10.0.0.9", "https, http", "https"),
        ("2", "1.1.1.1, 10.0.0.9", "https", "https"),
        ("10.0.0.0/8", "1.1.1.1", "https, http", "http"),
        ("10.0.0.0/8", "1.1.1.1, 10.0.0.9", "https, http", "https"),
        ("192.168.0.0/16", "1.1.1.1", "https", "http"),
    ],
)
def test_so_is_the_scheme(setting: str, addresses: str, protos: str, found: str) -> None:
    assert client(setting, addresses, protos)[1] == found


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("1.2.3.4", "1.2.3.4"),
        (" 1.2.3.4 ", "1.2.3.4"),
        ("1.2.3.4:5678", "1.2.3.4"),
        ("[::1]:80", "::1"),
        ("[::1]", "::1"),
        ("::1", "::1"),
        ("2001:DB8:0::1", "2001:db8::1"),
        ("::ffff:1.2.3.4", "1.2.3.4"),
        ("[::ffff:1.2.3.4]:80", "1.2.3.4"),
        ("fe80::1%eth0", "fe80::1"),
    ],
)
def test_addresses_are_read_as_proxies_write_them(text: str, address: str) -> None:
    assert str(parse_address(text)) == address


@pytest.mark.parametrize(
    "text",
    ["", " ", "unknown", "_hidden", "1.2.3", "1.2.3.4:", "1.2.3.4:x", "1.2.3.4:123456", "01.2.3.4", "1.2.3.4/8", "[",
     "[]", "::1:80:x", "300.1.1.1", "for=1.2.3.4", '"1.2.3.4"', "١.2.3.4", "1.2.3.4\x00", "16909060", "0x1.2.3.4"],
)  # fmt: skip
def test_what_is_no_address_is_the_peers(text: str) -> None:
    assert parse_address(text) is None
    assert client("1", text)[0] == PEER


def test_a_peer_of_ipv4_within_ipv6_is_in_an_ipv4_network() -> None:
    assert client("10.0.0.0/8", "1.1.1.1", peer="::ffff:10.0.0.1")[0] == "1.1.1.1"


@pytest.mark.parametrize(
    "text", ["x", "-1", "1.5", "100", "²", "1,2", "1,10.0.0.1", "10.0.0.1/8", "10.0.0.0/33", "10.0.0.1,"]
)
def test_a_malformed_setting_is_refused_by_name_and_value(text: str) -> None:
    with pytest.raises(ValueError, match="TENFOLD_PROXIES") as refused:
        parse_proxies(text)
    assert repr(text) in str(refused.value)


@pytest.mark.parametrize(("text", "is_anybody"), [("", False), (" ", False), ("0", False), ("1", True), ("::1", True)])
def test_nobody_is_believed_unless_named(text: str, is_anybody: bool) -> None:
    assert bool(parse_proxies(text)) is is_anybody


@given(st.lists(INSIDE, max_size=4), OUTSIDE, HEADER, HEADER)
def test_no_client_makes_itself_another(inner: list[str], true: object, sent: str, proto: str) -> None:
    """Honest proxies add to whatever the client has sent: by number and by network it is found behind them."""
    chain = ", ".join([sent, str(true), *inner])
    protos = ", ".join([proto, "https", *("http" for _ in inner)])
    for setting in (str(len(inner) + 1), "10.0.0.0/8"):
        assert client(setting, chain, protos) == (str(true), "https")


@given(st.sampled_from(["", "1", "3", "10.0.0.0/8", "::/0,0.0.0.0/0"]), HEADER, HEADER, st.booleans())
def test_whatever_is_sent_there_is_an_address_and_a_scheme(setting: str, sent: str, protos: str, is_peer: bool) -> None:
    peer = PEER if is_peer else "::1"
    address, scheme = client(setting, sent, protos, peer=peer)
    assert str(ip_address(address)) == address
    assert scheme in ("http", "https")


def test_nobody_believed_leaves_a_peer_that_is_no_address() -> None:
    found = Proxies().find_client(peer="socket", scheme="https", forwarded_for="1.1.1.1", forwarded_proto="http")
    assert found == Client("socket", "https")
