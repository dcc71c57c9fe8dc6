"""Where a webhook may go: by what is written, by the address registries, by what a name leads to."""

import ipaddress
import socket
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import Api
from cqrs.domain import Refused
from tenants.tests.name_server import name_server
from webhooks.addresses import is_public
from webhooks.lookup import resolve
from webhooks.targets import InvalidUrl, NotPublic, PortClosed, check_target, check_url, find_target


def words(text: str) -> list[str]:
    """One each."""
    return text.split()


PRIVATE = words("""
0.0.0.0 0.1.2.3 10.0.0.1 10.255.255.255 100.64.0.1 100.127.255.255 127.0.0.1 127.255.255.254 169.254.169.254 172.16.0.1
172.31.255.255 192.0.0.1 192.0.0.9 192.0.0.170 192.0.2.1 192.31.196.1 192.52.193.1 192.88.99.1 192.168.0.1 192.175.48.1
198.18.0.1 198.19.255.255 198.51.100.1 203.0.113.1 224.0.0.1 239.255.255.255 240.0.0.1 255.255.255.255
:: ::1 ::127.0.0.1 ::8.8.8.8 ::ffff:127.0.0.1 ::ffff:10.0.0.1 ::ffff:8.8.8.8 ::ffff:0:127.0.0.1 ::ffff:0:0:1
64:ff9b::7f00:1 64:ff9b::808:808 64:ff9b:1::a00:1 100::1 100:0:0:1::1 2001::1 2001:0:4136:e378:8000:63bf:3fff:fdd2
2001:2::1 2001:10::1 2001:20::1 2001:db8::1 2002:7f00:1::1 2002:808:808::1 2620:4f:8000::1 3fff::1 5f00::1 4000::1
fc00::1 fd00:ec2::254 fe80::1 fec0::1 ff02::1 ff0e::1
""")

PUBLIC = words("""
1.1.1.1 8.8.8.8 9.255.255.255 11.0.0.0 100.63.255.255 100.128.0.0 126.255.255.255 128.0.0.0 172.15.255.255 172.32.0.0
192.0.1.0 192.167.255.255 192.169.0.0 198.17.255.255 198.20.0.0 223.255.255.255 2001:200::1 2001:4860:4860::8888
2003::1 2606:4700:4700::1111 2a00:1450:4001::1 2c0f:f248::1
""")

MALFORMED = words("""
https:// https:/// https:///x https:x //example.com/ example.com http://example.com/ ftp://example.com/
javascript:alert(1) https://me@example.com/ https://me:secret@example.com/ https://@example.com/ https://example.com/# https://example.com/#x
https://example.com\\@127.0.0.1/ https://example.com\\.evil/ https://example.com/a\\b https://exa%6Dple.com/
https://example.com/%zz https://example.com/% https://example.com:x/ https://example.com:-1/ https://example.com:0/
https://example.com:65536/ https://example.com:99999/ https://x/ https://intranet/ https://.example.com/
https://example..com/ https://example.com./ https://-a.example.com/ https://a-.example.com/ https://a_b.example.com/
https://127.1/ https://127.0.1/ https://0x7f000001/ https://0x7f.0.0.1/ https://2130706433/ https://017700000001/
https://0177.0.0.1/ https://127.0.0.1./ https://127.0.0.01/ https://256.0.0.1/ https://1.2.3.4.5/ https://0/ https://a.1/
https://127.0.0.0x1/ https://１２７.0.0.1/ https://①②⑦.0.0.1/ https://127。0。0。1/ https://%31%32%37.0.0.1/
https://example。com/ https://ⓔxample.com/ https://exämple.com/ https://[::1 https://::1/ https://[::1]x/
https://[v1.fe80::1]/ https://[fe80::1%25eth0]/ https://[2606:4700::1%251]/ https://[1.1.1.1]/
https://x[::1]/ https://[not-an-address]/ https://example.com/{a} https://example.com/<a> https://example.com/"
https://example.com/`a` https://example.com/a|b https://example.com/a^b
""")

OTHER_MALFORMED = [
    "",
    "https://example.com/a b",
    " https://example.com/",
    "https://example.com/\t",
    "https://exam\nple.com/",
    "https://example.com/\r\nX: y",
    "https://example.com/\0",
    "https://example.com/\u202e",
    f"https://{'a' * 64}.example.com/",
    f"https://{'a.' * 130}example.com/",
    f"https://example.com/{'a' * 2000}",
]

LOCAL = words("""
https://localhost/ https://LOCALHOST/ https://a.localhost/ https://printer.local/ https://metadata.google.internal/
https://x.home.arpa/ https://[::127.0.0.1]/ https://[::ffff:0:127.0.0.1]/ https://[fec0::1]/ https://[::1]/
https://[fe80::1]/ https://10.1.2.3/ https://169.254.169.254/latest
""")

GOOD = words("""
https://example.com https://example.com/ https://EXAMPLE.com/Hooks?a[]=1&b=%20 https://a-b.c.example.co.uk:443/x
HTTPS://xn--exmple-cua.com/ https://xn--80ak6aa92e.xn--p1ai/ https://1.1.1.1/ https://[2606:4700:4700::1111]/hook
https://1.example.com/ https://0x7f.example.com/ https://example.com:/ https://x.example/
""")


@pytest.mark.parametrize("address", PRIVATE)
def test_addresses_of_the_registries_are_refused(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", PUBLIC)
def test_addresses_beside_them_are_public(address: str) -> None:
    assert is_public(address)


@given(st.ip_addresses())
def test_no_address_is_public_that_python_knows_to_be_otherwise(address: Any) -> None:
    found = is_public(str(address))
    assert not (found and (not address.is_global or address.is_multicast or address.is_reserved))
    assert not (found and address.version == 6 and (address.ipv4_mapped or address.sixtofour or address.teredo))


@given(st.ip_addresses(v=4), st.sampled_from(["::", "::ffff:", "::ffff:0:", "64:ff9b::", "64:ff9b:1::"]))
def test_no_address_of_ipv6_leads_to_one_of_ipv4(address: Any, prefix: str) -> None:
    assert not is_public(f"{prefix}{address}")
    assert not is_public(str(ipaddress.IPv6Address((0x2002 << 112) | (int(address) << 80))))


@pytest.mark.parametrize("url", MALFORMED + OTHER_MALFORMED)
def test_what_is_no_address_of_a_host_is_refused(url: str) -> None:
    with pytest.raises(InvalidUrl) as refused:
        check_url(url)
    assert refused.value.pointer == "/url"


@pytest.mark.parametrize("url", LOCAL)
def test_what_is_not_public_is_refused(url: str) -> None:
    with pytest.raises(NotPublic):
        check_url(url)


@pytest.mark.parametrize("url", GOOD)
def test_all_else_is_taken(url: str) -> None:
    check_url(url)


@given(st.text(min_size=1, max_size=60))
def test_whatever_is_typed_is_taken_or_refused(text: str) -> None:
    for url in (text, f"https://{text}", f"https://{text}/", f"https://example.com/{text}"):
        try:
            check_url(url)
        except Refused:
            continue
        assert url.isascii()


def test_ports_are_those_of_the_setting(settings: Any) -> None:
    for port in (22, 25, 80, 8443):
        with pytest.raises(PortClosed):
            check_url(f"https://example.com:{port}/")
    settings.WEBHOOK_PORTS = frozenset({8443})
    check_url("https://example.com:8443/")
    with pytest.raises(PortClosed):
        check_url("https://example.com/")


@pytest.fixture
def names(settings: Any) -> Iterator[dict[str, list[str]]]:
    """What the name server says, and may say otherwise the next time."""
    found: dict[str, list[str]] = {}
    with name_server({}, addresses=found) as settings.RESOLVER:
        yield found


def test_a_name_is_looked_up_when_a_webhook_is_made(api: Api, names: dict[str, list[str]]) -> None:
    names |= {"good.example": ["1.1.1.1", "2606:4700::1"], "mixed.example": ["1.1.1.1", "10.0.0.1"]}
    names |= {"inside.example": ["127.0.0.1"], "mapped.example": ["::ffff:7f00:1"], "silent.example": []}
    for name in ("mixed", "inside", "mapped"):
        answer = api("POST", "webhooks/", {"url": f"https://{name}.example/"})
        assert (answer.status_code, answer.json()["code"]) == (422, "not_public")
        assert answer.json()["errors"][0]["pointer"] == "/url"
    made = api("POST", "webhooks/", {"url": "https://good.example/"})
    assert made.status_code == 201
    assert api("POST", "webhooks/", {"url": "https://unknown.example/"}).status_code == 201
    for name in ("inside.example", "127.1", "x:25", "[fec0::1]"):
        changed = api("PATCH", f"webhooks/{made.json()['id']}/", {"url": f"https://{name}/"})
        assert (changed.status_code, changed.json()["errors"][0]["pointer"]) == (422, "/url")
    assert api("GET", f"webhooks/{made.json()['id']}/").json()["url"] == "https://good.example/"


def test_what_is_connected_to_is_what_was_checked(names: dict[str, list[str]]) -> None:
    names["moving.example"] = ["1.1.1.1", "2606:4700::1"]
    found = find_target("https://moving.example/hook?a=1")
    assert (set(found.addresses), found.host, found.path) == (
        {"1.1.1.1", "2606:4700::1"},
        "moving.example",
        "/hook?a=1",
    )
    names["moving.example"] = ["169.254.169.254"]
    assert set(found.addresses) == {"1.1.1.1", "2606:4700::1"}
    with pytest.raises(NotPublic):
        find_target("https://moving.example/hook")
    with pytest.raises(OSError, match="does not resolve"):
        find_target("https://unknown.example/")


def test_a_name_server_that_is_silent_holds_nobody_up(settings: Any) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as silent:
        silent.bind(("127.0.0.1", 0))
        settings.RESOLVER = f"127.0.0.1:{silent.getsockname()[1]}"
        check_target("https://slow.example/")
        with pytest.raises(OSError, match="does not resolve"):
            resolve("slow.example", timeout=0.1)


def test_the_machine_is_asked_where_no_name_server_is_set(settings: Any) -> None:
    settings.RESOLVER = ""
    assert set(resolve("localhost", timeout=5)) <= {"127.0.0.1", "::1"}
    with pytest.raises(socket.gaierror):
        resolve("no-such-name.invalid", timeout=5)
