"""Whatever people, staff and time do to a subscription and its invoices, in any order: the books are right after each.

The real entities, with all that they send along, on a log in memory.
"""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import hypothesis.strategies as st
from hypothesis import settings
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from billing.clerk import SK
from billing.domain import INVOICE, SUBSCRIPTION, Cycle, Invoice, Metric, Plan, Subscription
from billing.domain.event import USAGE
from billing.domain.invoice import Kind, NotCreditable, NotOpen, State, TooMuchCredit, credit, pay, void
from billing.domain.replanning import change_plan
from billing.domain.starting import PayFirst, cancel, resume
from billing.domain.subscription import NotRunning
from billing.domain.turning import due, next_bill
from billing.tests.test_domain import BIG, CHEAP, FREE, PRO
from cqrs.decide import Origin
from cqrs.domain import Actor, Command, Refused, Version
from cqrs.log import Log
from cqrs.store import MemoryStore
from cqrs.writer import Writer

REF = SUBSCRIPTION.ref(SK)
WHICH = st.integers(0, 3)
"""Of the documents, the newest being 0."""

LATER = st.sampled_from([False, False, False, True])
"""With the end of the period, or at once, which moves more money."""


class Books(RuleBasedStateMachine):
    """`money` is what people have paid, by the code of the invoice."""

    def __init__(self) -> None:
        super().__init__()
        self.now = datetime(2026, 1, 17, 9, 30, tzinfo=UTC)
        self.writer = Writer(Log(MemoryStore(), "acme"), Origin(Actor("user:1")), clock=lambda: self.now)
        self.writer.send(SUBSCRIPTION.create(plan=PRO))
        self.money: dict[str, int] = {}
        self._seen: tuple[int, list[Version[Invoice]]] = 0, []
        self.time_goes_by(14 * 86400)

    @rule(seconds=st.sampled_from([60, 86400]).flatmap(lambda most: st.integers(0, 40 * most)))
    def time_goes_by(self, seconds: int) -> None:
        self.now += timedelta(seconds=seconds)
        while name := due(self.sub, at=self.now):
            foretold, bills = next_bill(self.sub), self.sub.bills
            head = self.writer.log.get(SUBSCRIPTION, SK)
            self.writer.send(Command(SUBSCRIPTION, SUBSCRIPTION.rule(name), {}, SK, head.version))
            if name in ("activate", "renew", "finish") and self.sub.bills > bills:
                assert (self.sub.bill and self.sub.bill.lines) == (foretold and foretold.lines)

    @rule(plan=st.sampled_from([CHEAP, PRO, BIG, FREE]), cycle=st.sampled_from(Cycle), later=LATER)
    def change(self, plan: Plan, cycle: Cycle, later: bool) -> None:
        args = {"plan": plan, "billing_cycle": cycle, "effective_at": self.now, "at_period_end": later}
        self.ask(REF.ask(change_plan, **args), NotRunning)  # type: ignore[arg-type]

    @rule(later=LATER)
    def end(self, later: bool) -> None:
        self.ask(REF.ask(cancel, at_period_end=later))

    @rule()
    def go_on(self) -> None:
        self.ask(REF.ask(resume), PayFirst)

    @rule(quantity=st.integers(1, 5000))
    def use(self, quantity: int) -> None:
        event = {"source": "s", "event_id": uuid4().hex, "metric": Metric.API_CALLS, "quantity": quantity}
        self.ask(USAGE.create(**event, time=self.now))  # type: ignore[arg-type]

    @rule(most=WHICH)
    def pay(self, most: int) -> None:
        for document in self.invoices()[: most + 1]:
            if self.ask(INVOICE.ref(document.sk).ask(pay, reference="TX"), NotOpen):
                self.money[document.code] = document.state.due

    @rule(which=WHICH)
    def void(self, which: int) -> None:
        for document in self.invoices()[which : which + 1]:
            self.ask(INVOICE.ref(document.sk).ask(void, reason="an error"), NotOpen)

    @rule(which=WHICH, amount=st.integers(1, 12_000))
    def credit(self, which: int, amount: int) -> None:
        for document in self.invoices()[which : which + 1]:
            asked = INVOICE.ref(document.sk).ask(credit, amount=amount, reason="an outage")
            self.ask(asked, NotCreditable, TooMuchCredit)

    @invariant()
    def credit_never_exceeds_what_was_paid(self) -> None:
        assert 0 <= self.sub.credit <= sum(self.money.values())
        for each in self.invoices():
            if each.state.status == State.PAID and each.state.kind == Kind.INVOICE:
                lowered = each.state.total - self.money.get(each.code, 0)
                assert 0 <= lowered <= each.state.credited <= each.state.total
        assert all(0 <= each.amount <= self.money.get(each.invoice, 0) for each in self.sub.paid)
        assert all(each.by_credit >= 0 for each in self.sub.paid)

    @invariant()
    def credit_is_what_was_given_back_and_not_spent(self) -> None:
        lines = [line for each in self.invoices() if each.state.status != State.VOID for line in each.state.lines]
        spent = -sum(line.amount for line in lines if line.text == "paid by credit")
        kept = sum(line.amount for line in lines if line.text == "kept as credit")
        facts = self.writer.log.history(SUBSCRIPTION, SK)
        given = sum(fact.args["amount"] for fact in facts if fact.fact == "credited")  # type: ignore[misc]
        assert self.sub.credit == kept + given - spent

    @invariant()
    def what_is_owed_is_what_is_due_on_the_open_invoices(self) -> None:
        owed = {each.invoice: each.amount for each in self.sub.owing}
        assert owed == {each.code: each.state.due for each in self.invoices() if each.state.due}

    @invariant()
    def bills_are_never_less_than_nothing_and_have_one_invoice_each(self) -> None:
        documents = [each.state for each in self.invoices()[::-1] if each.state.kind == Kind.INVOICE]
        assert all(each.total >= 0 for each in documents)
        assert [each.bill for each in documents] == list(range(1, self.sub.bills + 1))

    def invoices(self) -> list[Version[Invoice]]:
        """All documents, the newest first; none of them changes without the subscription."""
        version = self.writer.log.get(SUBSCRIPTION, SK).version
        if self._seen[0] != version:
            self._seen = version, self._invoices()
        return self._seen[1]

    def _invoices(self) -> list[Version[Invoice]]:
        found, year, number = list[Version[Invoice]](), 2026, 1
        while year <= self.now.year:
            try:
                found.append(self.writer.log.get(INVOICE, INVOICE.sk_of(f"INV-{year}-{number:06}")))
                number += 1
            except Refused:
                year, number = year + 1, 1
        return found[::-1]

    def ask(self, command: Command[Any], *known: type[Refused]) -> bool:
        """Whether it changed something; not where it is refused for one of these reasons."""
        try:
            return self.writer.send(command).changed
        except known:
            return False

    @property
    def sub(self) -> Subscription:
        return self.writer.log.get(SUBSCRIPTION, SK).state


TestBooks = Books.TestCase
TestBooks.settings = settings(max_examples=100, stateful_step_count=25, deadline=None)
