"""Invoices and credit notes: what was billed, whether it is paid, and what was given back of it."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from billing.domain.bill import Bill, Line, tax_of, total_of
from billing.domain.subscription import check_reason
from cqrs.domain import SUPPLIED, Now, Refused


class Kind(StrEnum):
    INVOICE = "invoice"
    CREDIT_NOTE = "credit_note"


class State(StrEnum):
    """A credit note is `settled` from the start; so is an invoice of nothing `paid`."""

    OPEN = "open"
    PAID = "paid"
    VOID = "void"
    SETTLED = "settled"


class NotOpen(Refused):
    """This applies to an invoice that is open."""


class NotPaid(Refused):
    """Only what was paid can be given back; an open invoice is made void."""


class TooMuchCredit(Refused):
    """No more can be given back than was paid."""


class ReasonRequired(Refused):
    """Say why: the reason stands on the document."""


@dataclass(frozen=True)
class Invoice:
    """A document. `cause` is the subscription's version whose fact it bills, `corrects` the code of the invoice that a
    credit note gives back of, `credited` how much was given back."""

    kind: Kind
    status: State
    bill: int
    plan: str
    currency: str
    lines: tuple[Line, ...]
    issued_at: datetime
    due_at: datetime
    cause: int = 0
    corrects: str = ""
    reason: str = ""
    paid_at: datetime | None = None
    payment_method: str = ""
    payment_reference: str = ""
    credited: int = 0

    @property
    def tax(self) -> int:
        return tax_of(self.lines)

    @property
    def total(self) -> int:
        return total_of(self.lines)


def issue(*, bill: Bill, kind: Kind = Kind.INVOICE, cause: int = 0, corrects: str = "", reason: str = "") -> Invoice:
    """The document of what was billed at once."""
    status = State.OPEN if bill.total > 0 else State.PAID
    if kind == Kind.CREDIT_NOTE:
        status = State.SETTLED
    made = bill.no, bill.plan, bill.currency, bill.lines, bill.issued_at, bill.due_at
    return Invoice(kind, status, *made, cause=cause, corrects=corrects, reason=reason)


def pay(invoice: Invoice, *, reference: str = "", at: Now = SUPPLIED) -> Invoice:
    """It is paid, by the `manual` gateway: somebody has seen the money."""
    if invoice.status == State.PAID:
        return invoice
    if invoice.status != State.OPEN:
        raise NotOpen(status=invoice.status)
    paid = {"paid_at": at, "payment_method": "manual", "payment_reference": check_reason(reference)}
    return replace(invoice, status=State.PAID, **paid)  # type: ignore[arg-type]


def void(invoice: Invoice, *, reason: str) -> Invoice:
    """It was made in error, and nobody has to pay it. Its number stays."""
    if invoice.status == State.VOID:
        return invoice
    if invoice.status != State.OPEN:
        raise NotOpen(status=invoice.status)
    return replace(invoice, status=State.VOID, reason=_checked(reason))


def credit(invoice: Invoice, *, amount: int, reason: str) -> Invoice:
    """Some of what was paid is given back, by a credit note: the next bills are paid from it."""
    if invoice.kind != Kind.INVOICE or invoice.status != State.PAID:
        raise NotPaid(status=invoice.status)
    if not 0 < amount <= invoice.total - invoice.credited:
        left = invoice.total - invoice.credited
        raise TooMuchCredit(f"Between 1 and {left}.", pointer="/amount", limit=left)
    return replace(invoice, credited=invoice.credited + amount, reason=_checked(reason))


def _checked(reason: str) -> str:
    if not check_reason(reason):
        raise ReasonRequired(pointer="/reason")
    return check_reason(reason)
