"""What becomes of invoices, as the subscription has it: an invoice's own rules ask this, in the same transaction."""

from dataclasses import replace

from billing.domain.charging import given_back, lowered, paid, voided
from billing.domain.subscription import Subscription


def note_invoice(sub: Subscription, *, bill: int, code: str) -> Subscription:
    """A bill that is owed has its invoice."""
    owing = tuple(replace(each, invoice=code) if each.bill == bill else each for each in sub.owing)
    return replace(sub, owing=owing)


def settle(sub: Subscription, *, bill: int, is_void: bool = False) -> Subscription:
    """A bill is paid, or void. Past due ends with the last of what was owed."""
    return voided(sub, bill) if is_void else paid(sub, bill)


def lower_due(sub: Subscription, *, bill: int, amount: int) -> Subscription:
    """Some of what was not paid yet need not be."""
    return lowered(sub, bill, amount)


def add_credit(sub: Subscription, *, amount: int, bill: int = 0) -> Subscription:
    """Something that was paid for a bill is given back: the next bills are paid from it."""
    return given_back(sub, bill, amount)
