"""What a bill does to what is owed, what was paid and what is kept as credit.

Credit comes from what was paid and from nothing else. What is given back lowers what is still due of the running
period's bills, the newest first; then it is taken of what was paid for them, and kept as credit; what was never paid is
not given back.
"""

from dataclasses import replace
from datetime import datetime

from billing.domain.bill import DUE_WITHIN, Bill, Line, LineKind, Taken, taxes, total_of
from billing.domain.subscription import Owing, Paid, Status, Subscription


def billed(sub: Subscription, lines: tuple[Line, ...], *, at: datetime) -> Subscription:
    """The subscription with these lines billed, and their tax; as it is where none of them is worth anything."""
    if not any(line.amount for line in lines):
        return sub
    lines = (*lines, *taxes(lines))
    sub = replace(sub, bills=sub.bills + 1, bill=Bill(sub.bills + 1, sub.plan.code, sub.plan.currency, lines, at, at))
    return _charged(sub, total_of(lines), at=at) if total_of(lines) >= 0 else _returned(sub, -total_of(lines))


def turned(sub: Subscription) -> Subscription:
    """The subscription whose next bill is the first of another period: what was paid before is used up."""
    return replace(sub, period_bill=sub.bills + 1, paid=())


def lowered(sub: Subscription, bill: int, amount: int) -> Subscription:
    """So much less is due of a bill. One of which nothing is due is done with."""
    owing = [replace(each, amount=each.amount - amount) if each.bill == bill else each for each in sub.owing]
    done = [each for each in owing if not each.amount]
    sub = replace(sub, owing=tuple(each for each in owing if each.amount))
    for each in done:
        sub = _paid(sub, Paid(each.bill, each.invoice, 0, each.by_credit))
    return mended(sub)


def paid(sub: Subscription, bill: int) -> Subscription:
    """A bill is paid in full."""
    for each in sub.owing:
        if each.bill == bill:
            sub = _paid(sub, Paid(bill, each.invoice, each.amount, each.by_credit))
    return _without(sub, bill)


def voided(sub: Subscription, bill: int) -> Subscription:
    """A bill is void: nobody owes it, and what credit has paid of it is credit again."""
    back = sum(each.by_credit for each in sub.owing if each.bill == bill)
    return _without(replace(sub, credit=sub.credit + back), bill)


def given_back(sub: Subscription, bill: int, amount: int) -> Subscription:
    """So much of what was paid for a bill is credit, and is not given back again when the plan changes."""
    had = sum(each.amount for each in sub.paid if each.bill == bill)
    sub = replace(sub, credit=sub.credit + amount)
    return _paid(sub, Paid(bill, amount=-min(had, amount))) if had else sub


def mended(sub: Subscription) -> Subscription:
    """Past due ends with the last of what was owed."""
    is_well = sub.status == Status.PAST_DUE and not sub.owing
    return replace(sub, status=Status.ACTIVE) if is_well else sub


def _charged(sub: Subscription, amount: int, *, at: datetime) -> Subscription:
    """Paid by credit as far as that goes; the rest is owed."""
    assert sub.bill
    spent = min(sub.credit, amount)
    lines = (*sub.bill.lines, Line(LineKind.CREDIT, "paid by credit", -spent)) if spent else sub.bill.lines
    bill = replace(sub.bill, lines=lines, due_at=at + DUE_WITHIN)
    sub = replace(sub, credit=sub.credit - spent, bill=bill)
    if spent < amount:
        return replace(sub, owing=(*sub.owing, Owing(bill.no, amount - spent, bill.due_at, by_credit=spent)))
    return _paid(sub, Paid(bill.no, by_credit=spent)) if spent else sub


def _returned(sub: Subscription, amount: int) -> Subscription:
    """Of what is due first, then of what was paid: the bill itself comes to nothing."""
    assert sub.bill
    bill, left, taken, kept = sub.bill, amount, list[Taken](), 0
    for owed in [each for each in sub.owing[::-1] if each.bill >= sub.period_bill and each.invoice]:
        part = min(left, owed.amount)
        sub, left = lowered(sub, owed.bill, part), left - part
        taken += [Taken(owed.invoice, part)] if part else []
    lines = [Line(LineKind.ADJUSTMENT, f"less is due on {each.invoice}", each.amount) for each in taken]
    for had in sub.paid[::-1]:
        money = min(left, had.amount)
        credit = min(left - money, had.by_credit)
        sub = _paid(sub, Paid(had.bill, had.invoice, -money, -credit))
        taken += [Taken(had.invoice, money)] if money else []
        left, kept = left - money - credit, kept + money + credit
    lines += [Line(LineKind.CREDIT, "kept as credit", kept)] if kept else []
    lines += [Line(LineKind.ADJUSTMENT, "was not paid", left)] if left else []
    bill = replace(bill, lines=(*bill.lines, *lines), taken=tuple(taken))
    return replace(sub, bill=bill, credit=sub.credit + kept)


def _paid(sub: Subscription, more: Paid) -> Subscription:
    """With so much more, or less, paid of a bill; one of an earlier period is used up, and not kept."""
    if more.bill < sub.period_bill:
        return sub
    found = next((each for each in sub.paid if each.bill == more.bill), Paid(more.bill, more.invoice))
    total = replace(found, amount=found.amount + more.amount, by_credit=found.by_credit + more.by_credit)
    others = [each for each in sub.paid if each.bill != more.bill]
    is_left = total.amount or total.by_credit
    return replace(sub, paid=tuple(sorted([*others, total] if is_left else others, key=lambda each: each.bill)))


def _without(sub: Subscription, bill: int) -> Subscription:
    return mended(replace(sub, owing=tuple(each for each in sub.owing if each.bill != bill)))
