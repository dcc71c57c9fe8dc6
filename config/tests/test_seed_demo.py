"""The demo: real todos and orders, credentials that work, and nothing lost by making it again."""

import json
import stat
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client

from config.demo import SHOPS
from config.environment import environment
from config.management.commands.seed_demo import PEOPLE
from cqrs.domain import NotFound, Version
from cqrs.dynamodb.store import store
from cqrs.log import Log
from orders.domain import ORDER
from orders.domain import Status as OrderStatus
from tenants.models import ApiKey, Tenant, User
from tenants.principal import Role
from tenants.provisioning import add_member
from todos.domain import TODO, Status, Todo


def seeded() -> dict[str, Any]:
    call_command("seed_demo")
    found: dict[str, Any] = json.loads((environment().local / "demo.json").read_text("utf-8"))
    return found


@pytest.fixture(scope="module", autouse=True)
def _owners(tenants: Any) -> None:
    """The suite's tenants have the demo's codes: the demo's people own them as well."""
    for code, (owner, _) in PEOPLE.items():
        add_member(Tenant.objects.get(code=code), email=f"{owner.split()[0].lower()}@{code}.example", role=Role.OWNER)


def get_in(demo: dict[str, Any], code: str) -> None:
    site = demo["tenants"][code]
    key = Client(headers={"Host": site["host"], "Authorization": f"Bearer {site['api_key']}"})
    assert key.get("/api/v1/todos/").status_code == 200
    for person in (site["owner"], site["viewer"]):
        assert Client(headers={"Host": site["host"]}).post("/sign-in/", person).status_code == 302


def test_the_demo_is_whole_and_stays_when_it_is_made_again(tenants: Any) -> None:
    path = environment().local / "demo.json"
    path.unlink(missing_ok=True)
    demo = seeded()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert demo["tenants"]["acme"]["url"] == "http://acme.localhost:8000"
    assert demo["tenants"]["acme"]["host"] == "acme.localhost"
    get_in(demo, "globex")
    assert Client(headers={"Host": "localhost"}).post("/sign-in/", demo["staff"]).status_code == 302

    people, keys, versions = User.objects.count(), ApiKey.objects.count(), written("acme")
    assert seeded() == demo
    assert (User.objects.count(), ApiKey.objects.count(), written("acme")) == (people, keys, versions)

    path.unlink()
    again = seeded()
    assert again["staff"]["password"] != demo["staff"]["password"]
    get_in(again, "acme")
    assert written("acme") == versions


def test_the_demos_todos_and_orders_are_in_every_status(tenants: Any) -> None:
    seeded()
    log = Log(store(), "globex")
    heads = [head(log, number) for number in range(1, 200)]
    found = [head for head in heads if head and head.source == "seed_demo"]
    assert len(found) == 12
    assert {head.state.status for head in found} == set(Status)
    assert any(head.is_deleted for head in found)
    orders = [log.receipt(f"→seed_demo:order:{number}") for number in range(1, len(SHOPS["globex"].sales) + 1)]
    sks = [order.id.removeprefix(log.id(ORDER, "")) for order in orders if order]
    assert {log.get(ORDER, sk).state.status for sk in sks} == set(OrderStatus)


def written(tenant: str) -> int:
    log = Log(store(), tenant)
    return sum(head(log, number) is not None for number in range(1, 100))


def head(log: Log, number: int) -> Version[Todo] | None:
    try:
        return log.get(TODO, TODO.sk_of(f"TODO-{number:06}"))
    except NotFound:
        return None
