"""The subscription and its invoices as entities, and what each brings along: one transaction, all or nothing.

A fact that bills something makes the invoice with it, so no cause is ever billed twice; paying the invoice settles the
subscription, and what is given back becomes its credit.
"""

from collections.abc import Iterator, Mapping

from billing.domain.bill import Bill, Line, LineKind
from billing.domain.invoice import Invoice, Kind, State, credit, issue, lower, pay, void
from billing.domain.metrics import CALLS, LIMIT, MEASURED, PERIODIC, QUOTA, Metric, key_of
from billing.domain.overriding import end_overrides, lift_override, override
from billing.domain.replanning import change_plan
from billing.domain.settling import add_credit, lower_due, note_invoice, settle
from billing.domain.starting import cancel, resume, start_over, subscribe
from billing.domain.subscription import CODE, Subscription, enforced
from billing.domain.turning import activate, expire, fall_due, finish, renew, roll
from billing.domain.usage import Usage, load
from cqrs.domain import Command, Count, Entity, Rotation, Sequence, Version


def limits(sub: Subscription) -> Mapping[Count, int | None]:
    """What stands on the counters: of each metric that has a limit or had one, now or in the months to come."""
    found: dict[Count, int | None] = {}
    for metric in sub.limited:
        if metric in MEASURED:
            continue
        counter = CALLS if metric == Metric.API_CALLS else QUOTA
        for month in sub.months if metric in PERIODIC else ("",):
            found[counter.at(key_of(metric, month), LIMIT)] = enforced(sub, metric)
    return found


def invoiced(before: Version[Subscription] | None, after: Version[Subscription]) -> Iterator[Command[Invoice]]:
    """The invoice of what was billed; what it gives back of earlier ones is noted there."""
    bill = after.state.bill
    if bill and (before is None or before.state.bill != bill):
        yield INVOICE.create(bill=bill, cause=after.version)
        for each in bill.taken:
            yield INVOICE.ref(INVOICE.sk_of(each.invoice)).ask(lower, amount=each.amount)


def followed(before: Version[Invoice] | None, after: Version[Invoice]) -> Iterator[Command[Subscription | Invoice]]:
    """What becomes of the subscription with each thing that becomes of an invoice; and the credit note."""
    ref, invoice = SUBSCRIPTION.ref(SUBSCRIPTION.sk_of(CODE)), after.state
    match after.fact:
        case "issued" if invoice.cause and invoice.status == State.OPEN:
            yield ref.ask(note_invoice, bill=invoice.bill, code=after.code)  # type: ignore[misc]
        case "paid" | "voided":
            yield ref.ask(settle, bill=invoice.bill, is_void=after.fact == "voided")  # type: ignore[misc]
        case "credited" if before:
            given = {"amount": invoice.credited - before.state.credited, "bill": invoice.bill}
            note = _note(invoice, given["amount"], at=after)
            yield INVOICE.create(bill=note, kind=Kind.CREDIT_NOTE, corrects=after.code, reason=invoice.reason)  # type: ignore[misc]
            yield ref.ask(add_credit if invoice.status == State.PAID else lower_due, **given)  # type: ignore[misc]


def _note(invoice: Invoice, amount: int, *, at: Version[Invoice]) -> Bill:
    line = Line(LineKind.CREDIT, f"given back of {at.code}", -amount)
    return Bill(invoice.bill, invoice.plan, invoice.currency, (line,), at.at, at.at)


SUBSCRIPTION = Entity(
    "SUBSCRIPTION",
    Subscription,
    create=subscribe,
    created="subscribed",
    change={
        "started_over": start_over,
        "plan_changed": change_plan,
        "cancelled": cancel,
        "resumed": resume,
        "rolled": roll,
        "activated": activate,
        "renewed": renew,
        "finished": finish,
        "fell_due": fall_due,
        "expired": expire,
        "invoiced": note_invoice,
        "settled": settle,
        "due_lowered": lower_due,
        "credited": add_credit,
        "overridden": override,
        "override_lifted": lift_override,
        "overrides_ended": end_overrides,
    },
    adds={start_over, change_plan, add_credit, lower_due},  # to start over later is another beginning
    loads={Usage: load},
    limits=limits,
    along=invoiced,
    code=lambda _: CODE,
    name=lambda sub: sub.plan.name,
)

INVOICE = Entity(
    "INVOICE",
    Invoice,
    create=issue,
    created="issued",
    change={"paid": pay, "voided": void, "credited": credit, "lowered": lower},
    adds={pay, credit, lower},
    along=followed,
    code=Sequence("INV-%%year%%-%%no#:0>6%%", rotation=Rotation.YEARLY, staff_only=True),
    name=lambda _: "",
)
