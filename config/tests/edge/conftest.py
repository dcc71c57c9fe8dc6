"""An installation behind one proxy: in this process, and with processes of its own behind a TLS terminator."""

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest

from config.edge.proxies import parse_proxies
from config.tests.edge.installation import ACME, CUSTOM, PUBLIC
from config.tests.edge.terminator import Front, terminating
from config.tests.visiting import serving
from conftest import TestTenant
from tenants.models import Domain, Tenant


@pytest.fixture(autouse=True)
def _proxy(settings: Any) -> None:
    settings.PROXIES = parse_proxies("1")


@pytest.fixture
def custom(acme: TestTenant) -> Iterator[str]:
    """A domain that acme has proved to be its own."""
    name = f"{uuid4().hex[:8]}.shop.example"
    domain = Domain.objects.create(domain=name, tenant=Tenant.objects.get(code=acme.code), is_primary=False)
    yield name
    domain.delete()


@pytest.fixture(scope="module")
def hosts(tenants: dict[str, TestTenant]) -> Iterator[None]:
    """The names lead to acme and to the public host, beside those that end with `localhost`."""
    led = {PUBLIC: "public", ACME: "acme", CUSTOM: "acme", f"globex.{PUBLIC}": "globex"}
    rows = [Domain(domain=name, tenant=Tenant.objects.get(code=code), is_primary=False) for name, code in led.items()]
    for row in rows:
        row.save()
    yield
    for row in rows:
        row.delete()


@pytest.fixture(scope="module")
def web(hosts: None) -> Iterator[int]:
    """The web process of an installation behind one proxy."""
    said = {"TENFOLD_HOST": PUBLIC, "TENFOLD_ADDRESS": f"https://{PUBLIC}", "TENFOLD_PROXIES": "1"}
    with serving(**said) as port:
        yield port


@pytest.fixture(scope="module")
def front(web: int, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Front]:
    """The proxy in front of it."""
    names, folder = (PUBLIC, f"*.{PUBLIC}", CUSTOM), tmp_path_factory.mktemp("tls")
    with terminating(web, names=names, folder=folder) as front:
        yield front
