"""What follows a fact of the shop: levels that are said once, and mails."""

from collections.abc import Iterator
from email.utils import parseaddr
from uuid import uuid4

import pytest
from django.core import mail
from django.core.management import call_command
from pytest_django.plugin import DjangoDbBlocker

from conftest import TestTenant
from cqrs.dynamodb.store import store
from orders.domain import STOCK, Item
from orders.domain.order import cancel, confirm, deliver, edit, process, return_items, ship
from orders.domain.stock import set_threshold
from orders.reactions import review_ordered
from orders.tasks import look
from orders.tests.shop import Shop
from tenants.principal import Role
from tenants.provisioning import add_member, provision


@pytest.fixture(scope="module")
def shop(tenants: dict[str, TestTenant], django_db_blocker: DjangoDbBlocker) -> Iterator[Shop]:
    """A tenant's own, with an owner, an admin and a member."""
    with django_db_blocker.unblock():
        code = f"m{uuid4().hex[:10]}"
        tenant = provision(code, name="Tea & More", owner_email=f"owner@{code}.example")
        for role in (Role.ADMIN, Role.MEMBER):
            add_member(tenant, email=f"{role}@{code}.example", role=role)
        yield Shop(store(), code)


def sent() -> list[mail.EmailMultiAlternatives]:
    """The mails that what was written leads to."""
    mail.outbox.clear()
    call_command("drain", verbosity=0)
    return list(mail.outbox)  # type: ignore[arg-type]


def test_the_customer_is_told_of_each_step_once(shop: Shop) -> None:
    shop.offer("CUP", price=1250, units=9)
    order = shop.place(("CUP", 2), customer="ines@northwind.example")
    [placed] = sent()
    assert (placed.to, placed.subject) == (["ines@northwind.example"], f"Your order {order.code} · Tea & More")
    html = str(placed.alternatives[0][0])
    for text in (placed.body, html):
        assert "2 ×" in text
        assert "€27.50" in text
        assert "Unter den Linden 1" in text
    assert "Tea & More" in placed.body
    assert "Tea &amp; More" in html
    for step in (confirm, process):
        shop.ask(order.sk, step)
    shop.ask(order.sk, ship, items=(Item("CUP", 1),))
    shop.ask(order.sk, edit, note="no mail of this")
    shop.ask(order.sk, ship)
    shop.ask(order.sk, deliver)
    told = sent()
    assert [each.subject.partition(order.code)[2] for each in told] == [
        " is on its way · Tea & More",
        " is on its way · Tea & More",
        " has arrived · Tea & More",
    ]
    assert ["A part of" in each.body for each in told] == [True, False, False]
    ids = {each.extra_headers["Message-ID"] for each in (placed, *told)}
    assert len(ids) == 4
    assert all("@" in parseaddr(id)[1] for id in ids)
    assert sent() == []


def test_who_is_no_address_is_told_nothing(shop: Shop) -> None:
    shop.offer("MUG", units=1)
    for customer in ("C-1042", "two@northwind.example\nBcc: all@northwind.example"):
        shop.ask(shop.place(("MUG", 1), customer=customer).sk, cancel)
    shop.ask(shop.place(("MUG", 1), customer="ines@northwind.example").sk, cancel, reason="They closed.")
    assert [each.subject.partition(" · ")[0][-12:] for each in sent()][1:] == ["is cancelled"]


def test_what_runs_low_is_said_once_until_it_has_recovered(shop: Shop) -> None:
    shop.offer("TEA", units=10)
    shop.writer.send(STOCK.ref("STOCK#TEA").ask(set_threshold, low_stock_at=3))
    assert sent() == []
    first = shop.place(("TEA", 7))
    low = sent()
    assert [each.to for each in low] == [[f"owner@{shop.tenant}.example"], [f"admin@{shop.tenant}.example"]]
    assert "3 available, the threshold is 3" in low[0].body
    assert f"http://{shop.tenant}.localhost" in low[0].body
    second = shop.place(("TEA", 1))
    assert sent() == []
    shop.ask(first.sk, cancel)
    assert sent() == []
    assert not shop.log.get(STOCK, "STOCK#TEA").state.is_low
    shop.adjust("TEA", quantity=-6)
    assert len(sent()) == 2
    for step in (confirm, process, ship):
        shop.ask(second.sk, step)
    shop.ask(second.sk, return_items, items=(Item("TEA", 1),))
    assert sent() == []
    facts = [each.fact for each in shop.log.history(STOCK, "STOCK#TEA")]
    assert facts == ["created", "adjusted", "threshold_set", "ran_low", "recovered", "adjusted", "ran_low", "recovered"]


def test_stock_that_an_edit_gave_back_recovers_when_the_clock_strikes(shop: Shop) -> None:
    for sku in ("OAK", "ELM"):
        shop.offer(sku, units=5)
    shop.writer.send(STOCK.ref("STOCK#OAK").ask(set_threshold, low_stock_at=2))
    order = shop.place(("OAK", 4))
    sent()
    shop.ask(order.sk, edit, items=(Item("ELM", 1),))
    sent()
    assert shop.log.get(STOCK, "STOCK#OAK").state.is_low
    for _ in range(2):
        look()
    stock = shop.log.get(STOCK, "STOCK#OAK")
    assert (stock.state.is_low, stock.fact, stock.by) == (False, "recovered", "system:shop")


@pytest.mark.usefixtures("memory_keys")
def test_an_order_of_ninety_products_is_looked_over_in_one_transaction() -> None:
    shop, items = Shop(), [(f"S{number}", 1) for number in range(90)]
    for sku, _ in items:
        shop.offer(sku, units=1)
        shop.writer.send(STOCK.ref(STOCK.sk_of(sku)).ask(set_threshold, low_stock_at=0))
    shop.writer.send(*review_ordered(shop.place(*items)))  # type: ignore[misc]
    assert all(shop.log.get(STOCK, STOCK.sk_of(sku)).state.is_low for sku, _ in items)
