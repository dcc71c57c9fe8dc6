"""Whatever is asked of any orders and holds in any order, stock adds up after every step."""

from collections import Counter
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from cqrs.domain import Refused
from orders.domain import HOLD, ORDER, HoldStatus, Item, Status
from orders.domain.hold import expire, release
from orders.domain.order import cancel, confirm, deliver, edit, process, return_items, ship
from orders.tests.shop import Shop

SKUS = ("A", "B", "C")
WANTED = st.lists(st.tuples(st.sampled_from(SKUS), st.integers(1, 4)), min_size=1, max_size=4)
NUMBER = st.integers(0, 30)


class AnyOrders(RuleBasedStateMachine):
    """A shop of three products and whatever happens to its orders."""

    def __init__(self) -> None:
        super().__init__()
        self.shop, self.orders, self.holds = Shop(), list[str](), list[str]()
        self.adjusted = Counter[str]()
        for sku in SKUS:
            self.shop.offer(sku, units=6)
            self.adjusted[sku] += 6

    @rule(wanted=WANTED)
    def place(self, wanted: list[tuple[str, int]]) -> None:
        try:
            self.orders.append(self.shop.place(*wanted).sk)
        except Refused:
            return

    @rule(wanted=WANTED)
    def hold(self, wanted: list[tuple[str, int]]) -> None:
        try:
            self.holds.append(self.shop.hold(*wanted).code)
        except Refused:
            return

    @rule(number=NUMBER, step=st.sampled_from([release, expire]))
    def end_hold(self, number: int, step: Any) -> None:
        if self.holds:
            with suppress(Refused):
                self.shop.writer.send(HOLD.ref(HOLD.sk_of(self.holds[number % len(self.holds)])).ask(step))

    @rule(number=NUMBER, wanted=WANTED)
    def place_what_is_held(self, number: int, wanted: list[tuple[str, int]]) -> None:
        if self.holds:
            with suppress(Refused):
                self.orders.append(self.shop.place(*wanted, hold=self.holds[number % len(self.holds)]).sk)

    @rule(minutes=st.integers(1, 10))
    def time_passes(self, minutes: int) -> None:
        self.shop.ahead += timedelta(minutes=minutes)

    @rule(number=NUMBER, step=st.sampled_from([confirm, process, ship, deliver, cancel]))
    def go_on(self, number: int, step: Any) -> None:
        self._ask(number, step)

    @rule(number=NUMBER, wanted=WANTED, step=st.sampled_from([ship, return_items, edit]))
    def some_items(self, number: int, wanted: list[tuple[str, int]], step: Any) -> None:
        self._ask(number, step, items=tuple(Item(*each) for each in wanted))

    @rule(sku=st.sampled_from(SKUS), quantity=st.integers(-5, 5))
    def adjust(self, sku: str, quantity: int) -> None:
        try:
            self.shop.adjust(sku, quantity=quantity)
        except Refused:
            return
        self.adjusted[sku] += quantity

    @invariant()
    def stock_adds_up(self) -> None:
        reserved, gone = Counter[str](), Counter[str]()
        for sk in self.orders:
            order = self.shop.log.get(ORDER, sk).state
            for line in order.lines:
                assert 0 <= line.returned <= line.shipped <= line.quantity
                gone[line.sku] += line.shipped - line.returned
                reserved[line.sku] += 0 if order.status == Status.CANCELLED else line.waiting
        for code in self.holds:
            held = self.shop.log.get(HOLD, HOLD.sk_of(code)).state
            for item in held.items if held.status == HoldStatus.HELD else ():
                reserved[item.sku] += item.quantity
        for sku in SKUS:
            on_hand = self.adjusted[sku] - gone[sku]
            assert self.shop.numbers(sku) == (on_hand, reserved[sku], on_hand - reserved[sku])
            assert min(self.shop.numbers(sku)) >= 0

    @invariant()
    def numbers_have_no_hole(self) -> None:
        assert [sk[-6:] for sk in self.orders] == [f"{number:06}" for number in range(1, len(self.orders) + 1)]

    def _ask(self, number: int, step: Any, **args: Any) -> None:
        if not self.orders:
            return
        try:
            self.shop.ask(self.orders[number % len(self.orders)], step, **args)
        except Refused:
            return


AnyOrders.TestCase.settings = settings(
    max_examples=200, stateful_step_count=15, deadline=None, suppress_health_check=list(HealthCheck)
)
TestAnyOrders = pytest.mark.usefixtures("memory_keys")(AnyOrders.TestCase)
