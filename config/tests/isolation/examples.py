"""What a rule is asked with where one text for everything would not do, and what a new entity answers it with."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from billing.domain import Metric, alert, event, invoice, overriding, replanning, settling, starting
from cqrs.domain.money import Money
from cqrs.steps import CodeTaken
from cqrs.writer import Writer
from orders.domain import PRODUCT, STOCK, hold, order, product, stock, tax
from surveys.domain import SURVEY, form, response, survey

TEA = "TEA"
"""A product that each tenant has, and more of it than is ever ordered."""

LUNCH = "LUNCH"
"""A survey that each tenant has, and that can be answered."""


def asked(text: str) -> list[dict[str, Any]]:
    """The sections of a form with one question."""
    question = {"id": "dish", "type": "text", "text": text, "help": text, "placeholder": text}
    return [{"id": "all", "title": text, "description": text, "questions": [question]}]


def planned(text: str) -> dict[str, Any]:
    """A plan, as a subscription pins it."""
    return {"code": text, "version": 1, "name": text, "currency": "EUR", "monthly": 900, "yearly": 9000}


EXAMPLES: Mapping[Callable[..., Any], Callable[[str], dict[str, Any]]] = {
    product.create: lambda text: {
        "sku": "{new}",
        "name": text,
        "price": {"amount": 100, "currency": "EUR"},
        "description": text,
        "category": text,
        "images": [text],
    },
    stock.create: lambda text: {"sku": "{new}"},
    stock.adjust: lambda text: {"quantity": 1, "reason": text, "reference": text},
    order.place: lambda text: {
        "customer_id": f"customer-{text}",  # whose key is none of the planted rows
        "items": [{"sku": TEA, "quantity": 1}],
        "shipping_address": {"street": text, "city": text, "postal_code": text, "country": "DE", "state": text},
        "payment_method": text,
        "note": text,
    },
    hold.hold: lambda text: {"items": [{"sku": TEA, "quantity": 1}]},
    order.return_items: lambda text: {"items": [{"sku": TEA, "quantity": 1}]},
    tax.create: lambda text: {"country": "DE", "category": "{new}", "percent": "7"},
    tax.edit: lambda text: {"percent": "8"},
    survey.create: lambda text: {"title": text, "description": text, "sections": asked(text)},
    survey.edit: lambda text: {"title": text, "description": text, "sections": asked(text)},
    survey.publish: lambda text: {"confirm": text},
    form.publish: lambda text: {
        "survey": "{new}",
        "number": 1,
        "title": text,
        "description": text,
        "sections": asked(text),
        "settings": {},
    },
    response.submit: lambda text: {"survey": LUNCH, "number": 1, "answers": {"dish": text}},
    invoice.issue: lambda text: {
        "bill": {
            "no": 10**9,
            "plan": text,
            "currency": "EUR",
            "lines": [{"kind": "base", "text": text, "amount": 100}],
            "issued_at": "2026-11-01T00:00:00Z",
            "due_at": "2026-11-15T00:00:00Z",
        },
        "corrects": text,
        "reason": text,
    },
    invoice.credit: lambda text: {"amount": 1, "reason": text},
    invoice.lower: lambda text: {"amount": 1},
    starting.subscribe: lambda text: {"plan": planned(text)},
    starting.start_over: lambda text: {"plan": planned(text)},
    replanning.change_plan: lambda text: {
        "plan": planned(text),
        "billing_cycle": "yearly",
        "effective_at": datetime.now(UTC).isoformat(),
    },
    settling.note_invoice: lambda text: {"bill": 1, "code": text},
    settling.settle: lambda text: {"bill": 1},
    settling.lower_due: lambda text: {"bill": 1, "amount": 1},
    settling.add_credit: lambda text: {"amount": 1},
    overriding.override: lambda text: {"metric": Metric.ORDERS, "most": 5, "reason": text},
    overriding.lift_override: lambda text: {"metric": Metric.ORDERS},
    event.report: lambda text: {
        "source": text,
        "event_id": "{new}",
        "metric": Metric.RESPONSES,
        "quantity": 1,
        "time": datetime.now(UTC).isoformat(),
    },
    alert.warn: lambda text: {"metric": Metric.ORDERS, "month": "2026-11", "used": 8, "limit": 10},
    **dict.fromkeys((alert.warn_again, alert.exhaust, alert.resolve), lambda text: {"used": 9, "limit": 10}),
}
"""By rule, given the text that is to stand wherever one can; `{new}` is a new word each time."""

REFUSED = frozenset({order.process, order.ship, order.deliver, order.return_items, survey.close, survey.reopen})
"""Rules that do not apply to a new entity."""


def supplied(writer: Writer) -> None:
    """Put on the shelves what the examples order, and ask what they answer."""
    try:
        writer.send(PRODUCT.create(sku=TEA, name=TEA, price=Money(100, "EUR")))
    except CodeTaken:
        return
    writer.send(STOCK.ref(STOCK.sk_of(TEA)).ask(stock.adjust, quantity=10**6))
    writer.send(SURVEY.create(title="Lunch", code=LUNCH, sections=tuple(asked("What?"))))
    writer.send(SURVEY.ref(SURVEY.sk_of(LUNCH)).ask(survey.publish))
