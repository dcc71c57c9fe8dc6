"""Custom domains: proved by DNS before they lead anywhere, and nobody else's."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core import mail as outgoing
from django.utils import timezone

from conftest import Api, TestTenant
from face.models import AuditLine
from tenants.domains import LEADS_ON, forget_unproved
from tenants.keys import create_key
from tenants.models import Domain, DomainClaim, User
from tenants.provisioning import provision
from tenants.tasks import look_at_domains
from tenants.tests.browsers import browser, in_session
from tenants.tests.name_server import name_server

PASSWORD = "a long passphrase"


@pytest.fixture(scope="module")
def site(tenants: Any) -> TestTenant:
    code = f"d{uuid4().hex[:20]}"
    owner = f"owner@{code}.example"
    tenant = provision(code, name="Domains", owner_email=owner, password=PASSWORD)
    _, key = create_key(tenant, name="tests", scopes=["*"])
    return TestTenant(code, f"{code}.localhost", tenant.schema_name, owner, owner, PASSWORD, key)


@pytest.fixture
def own(site: TestTenant) -> Api:
    return Api(site)


@pytest.fixture
def name() -> str:
    return f"shop.{uuid4().hex[:12]}.example"


@pytest.fixture
def records(settings: Any) -> Iterator[dict[str, str]]:
    found: dict[str, str] = {}
    with name_server(found) as address:
        settings.RESOLVER = address
        yield found


def named(own: Api, name: str, records: dict[str, str]) -> None:
    """Name a domain, and set its record."""
    record = own("POST", "domains/", {"domain": name}).json()["record"]
    records[record["name"]] = record["value"]


def test_anonymous_is_asked_who_they_are(site: TestTenant) -> None:
    assert Api(site, key=None)("GET", "domains/").status_code == 401
    assert Api(site, key=None)("POST", "domains/", {"domain": "a.example"}).status_code == 401


def test_another_tenants_domain_cannot_be_taken_seen_or_removed(
    own: Api, api: Api, name: str, records: dict[str, str]
) -> None:
    named(own, name, records)
    own("POST", f"domains/{name}/verify/")
    answer = api("POST", "domains/", {"domain": name})
    assert (answer.status_code, answer.json()["code"]) == (422, "domain_taken")
    for method, path in (("GET", ""), ("DELETE", ""), ("POST", "verify/"), ("POST", "make_primary/")):
        foreign, missing = api(method, f"domains/{name}/{path}"), api(method, f"domains/nobody.example/{path}")
        assert (foreign.status_code, foreign.json()["code"]) == (missing.status_code, "not_found") == (404, "not_found")


def test_what_is_not_proved_leads_nowhere(own: Api, name: str, records: dict[str, str]) -> None:
    answer = own("POST", "domains/", {"domain": name.upper()})
    assert (answer.status_code, answer.json()["domain"], answer.json()["is_verified"]) == (201, name, False)
    assert browser(name).get("/sign-in/").status_code == 404
    refused = own("POST", f"domains/{name}/verify/")
    assert (refused.status_code, refused.json()["code"]) == (422, "domain_not_proved")
    assert browser(name).get("/sign-in/").status_code == 404


def test_a_record_of_somebody_else_proves_nothing(own: Api, name: str, records: dict[str, str]) -> None:
    named(own, name, records)
    records[f"_tenfold.{name}"] = "tenfold=0123456789abcdef0123456789abcdef"
    assert own("POST", f"domains/{name}/verify/").json()["code"] == "domain_not_proved"


def test_what_is_proved_leads_there_at_once(own: Api, site: TestTenant, name: str, records: dict[str, str]) -> None:
    named(own, name, records)
    answer = own("POST", f"domains/{name}/verify/")
    assert (answer.status_code, answer.json()["is_verified"], answer.json()["record"]) == (200, True, None)
    assert "Domains" in browser(name).get("/sign-in/").text
    lines = AuditLine.objects.filter(tenant_code=site.code, subject=name).order_by("id")
    assert [line.action for line in lines] == ["domain.named", "domain.verified"]
    assert own("POST", f"domains/{name}/verify/").status_code == 200
    assert lines.count() == 2


def test_of_two_who_name_it_the_first_to_prove_it_has_it(
    own: Api, api: Api, name: str, records: dict[str, str]
) -> None:
    api("POST", "domains/", {"domain": name})
    named(own, name, records)
    assert own("POST", f"domains/{name}/verify/").status_code == 200
    records[f"_tenfold.{name}"] = api("GET", f"domains/{name}/").json()["record"]["value"]
    assert api("POST", f"domains/{name}/verify/").json()["code"] == "domain_taken"
    api("DELETE", f"domains/{name}/")


def test_a_name_server_that_is_silent_is_said_to_be(own: Api, name: str, records: Any, settings: Any) -> None:
    own("POST", "domains/", {"domain": name})
    settings.RESOLVER = "127.0.0.1:9"
    answer = own("POST", f"domains/{name}/verify/")
    assert (answer.status_code, answer.json()["code"], answer["Retry-After"]) == (503, "dns_silent", "1")


def test_the_primary_one_and_the_first_one_stay(own: Api, site: TestTenant, name: str, records: dict[str, str]) -> None:
    named(own, name, records)
    own("POST", f"domains/{name}/verify/")
    assert own("POST", f"domains/{name}/make_primary/").json()["is_primary"]
    assert [each["domain"] for each in own("GET", "domains/").json()["results"] if each["is_primary"]] == [name]
    for kept in (name, site.host):
        assert own("DELETE", f"domains/{kept}/").json()["code"] == "domain_stays"
    own("POST", f"domains/{site.host}/make_primary/")
    assert own("DELETE", f"domains/{name}/").status_code == 204
    assert browser(name).get("/sign-in/").status_code == 404


def looked_at(name: str) -> list[Any]:
    """The mails that go out when a day is over."""
    Domain.objects.filter(domain=name).update(checked_at=timezone.now() - timedelta(days=1))
    outgoing.outbox.clear()
    look_at_domains()
    return list(outgoing.outbox)


def test_a_domain_whose_record_is_gone_for_a_week_leads_nowhere_and_its_owners_are_told(
    own: Api, site: TestTenant, name: str, records: dict[str, str], settings: Any
) -> None:
    named(own, name, records)
    own("POST", f"domains/{name}/verify/")
    own("POST", f"domains/{name}/make_primary/")
    assert not looked_at(name), "it stands"
    value = records.pop(f"_tenfold.{name}")
    resolver, settings.RESOLVER = settings.RESOLVER, "127.0.0.1:9"
    assert not looked_at(name), "silence is no verdict"
    settings.RESOLVER = resolver
    [told] = looked_at(name)
    assert (told.to, value in told.body, site.host in told.body) == ([site.owner], True, True)
    shown = own("GET", f"domains/{name}/").json()
    assert (shown["is_verified"], shown["record"]["value"], bool(shown["failing_since"])) == (True, value, True)
    owner = in_session(site.host, User.objects.get(email=site.owner))
    assert "This TXT record is gone" in owner.get("/settings/workspace/").text
    assert not looked_at(name), "once is enough"
    records[f"_tenfold.{name}"] = value
    looked_at(name)
    assert own("GET", f"domains/{name}/").json()["failing_since"] is None
    del records[f"_tenfold.{name}"]
    Domain.objects.filter(domain=name).update(failing_since=timezone.now() - LEADS_ON)
    [over] = looked_at(name)
    assert "does not lead" in over.body
    assert browser(name).get("/sign-in/").status_code == 404
    waits, first = own("GET", f"domains/{name}/").json(), own("GET", f"domains/{site.host}/").json()
    assert (waits["is_verified"], waits["record"]["value"], first["is_primary"]) == (False, value, True)
    lines = AuditLine.objects.filter(tenant_code=site.code, subject=name, action="domain.lapsed")
    assert [line.by for line in lines] == ["system"]
    records[f"_tenfold.{name}"] = value
    assert own("POST", f"domains/{name}/verify/").status_code == 200


@pytest.mark.parametrize(
    ("domain", "code"),
    [
        ("localhost", "domain_malformed"),
        ("a_b.example", "domain_malformed"),
        ("127.0.0.1", "domain_malformed"),
        ("shop.example:80", "domain_malformed"),
        ("-a.example", "domain_malformed"),
        ("acme.localhost", "domain_reserved"),
        ("new.localhost", "domain_reserved"),
    ],
)
def test_what_is_no_domain_or_ours_is_refused(own: Api, domain: str, code: str) -> None:
    answer = own("POST", "domains/", {"domain": domain})
    assert (answer.status_code, answer.json()["code"]) == (422, code)


def test_what_was_not_proved_in_time_is_forgotten(own: Api, name: str) -> None:
    own("POST", "domains/", {"domain": name})
    DomainClaim.objects.filter(domain=name).update(expires_at=timezone.now() - timedelta(seconds=1))
    assert own("GET", f"domains/{name}/").status_code == 404
    assert forget_unproved() >= 1
    assert not Domain.objects.filter(domain=name).exists()
