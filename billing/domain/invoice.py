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
    """A credit note is `settled` from the start, an invoice once all that was due on it is credited; one of nothing is
    `paid`."""

    OPEN = "open"
    PAID = "paid"
    VOID = "void"
    SETTLED = "settled"


class NotOpen(Refused):
    """This applies to an invoice that is open."""


class NotCreditable(Refused):
    """Only an invoice that is open or paid can be credited."""


class TooMuchCredit(Refused):
    """No more can be credited than is due, or was paid."""


class ReasonRequired(Refused):
    """Say why: the reason stands on the document."""


@dataclass(frozen=True)
class Invoice:
    """A document. `cause` is the subscription's version whose fact it bills, `corrects` the code of the invoice that a
    credit note gives back of, `credited` how much was given back, or need not be paid."""

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

    @property
    def due(self) -> int:
        """What is still to be paid."""
        return self.total - self.credited if self.status == State.OPEN else 0


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
    """By a credit note: of an open invoice less is due; of a paid one some is given back, as credit that pays the next
    bills."""
    return _credited(invoice, amount, reason=_checked(reason))


def lower(invoice: Invoice, *, amount: int) -> Invoice:
    """The same because of a change of plan, which is billed on a document of its own; the subscription asks this."""
    return _credited(invoice, amount, reason=invoice.reason)


def _credited(invoice: Invoice, amount: int, *, reason: str) -> Invoice:
    if invoice.kind != Kind.INVOICE or invoice.status not in (State.OPEN, State.PAID):
        raise NotCreditable(status=invoice.status)
    if not 0 < amount <= invoice.total - invoice.credited:
        left = invoice.total - invoice.credited
        raise TooMuchCredit(f"Between 1 and {left}.", pointer="/amount", limit=left)
    credited = replace(invoice, credited=invoice.credited + amount, reason=reason)
    is_done = credited.status == State.OPEN and not credited.due
    return replace(credited, status=State.SETTLED) if is_done else credited


def _checked(reason: str) -> str:
    if not check_reason(reason):
        raise ReasonRequired(pointer="/reason")
    return check_reason(reason)
