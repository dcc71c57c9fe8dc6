"""Mails: to customers whose id is a mail address, of what becomes of an order; to who runs the shop, of what runs low.

A mail is sent at least once for its fact. Its Message-ID is the fact's, so that a mailbox shows a repetition once.
"""

import hashlib
import smtplib
from collections.abc import Mapping, Sequence

import structlog
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import EmailMultiAlternatives
from django.core.validators import validate_email
from django.template.loader import render_to_string

from cqrs.domain import Version
from cqrs.reactions import effect
from face.money import shown
from orders.domain import ORDER, STOCK, Order, Stock
from orders.queries import products, stock
from tenants.addresses import address_of
from tenants.models import Membership, Tenant
from tenants.principal import Role

SUBJECTS = {
    "placed": "Your order {code}",
    "cancelled": "Your order {code} is cancelled",
    "shipped": "Your order {code} is on its way",
    "delivered": "Your order {code} has arrived",
}
"""By fact."""

_log = structlog.get_logger(__name__)


@effect(ORDER, *SUBJECTS)
def tell_customer(order: Version[Order], *, id: str) -> None:
    """Tell the customer, where there is an address."""
    if not _is_address(order.state.customer_id):
        return
    tenant = Tenant.objects.get(code=order.tenant_code)
    told = {"tenant": tenant, "order": order.state, "code": order.code, "bill": _bill(order.state)}
    told["arrives"] = order.state.shipping_address
    subject = f"{SUBJECTS[order.fact].format(code=order.code)} · {tenant.name}"
    _send(order.fact, told, subject=subject, to=[order.state.customer_id], id=id)


@effect(STOCK, "ran_low")
def tell_managers(level: Version[Stock], *, id: str) -> None:
    """Tell the owners and admins that a product runs low."""
    tenant, sku = Tenant.objects.get(code=level.tenant_code), level.state.sku
    name = products().filter(code=sku).values_list("name", flat=True).first() or sku
    there = stock().get(code=sku)
    told = {"tenant": tenant, "sku": sku, "name": name, "there": there, "low_stock_at": level.state.low_stock_at}
    link = f"{address_of(tenant)}/inventory/{sku}/"
    _send("ran_low", told | {"link": link}, subject=f"{name} runs low · {tenant.name}", to=_managers(tenant), id=id)


def _bill(order: Order) -> Mapping[str, object]:
    lines = [vars(line) | {"amount": shown(line.subtotal, order.currency)} for line in order.lines]
    return {"lines": lines, "tax": shown(order.tax, order.currency), "total": shown(order.total, order.currency)}


def _managers(tenant: Tenant) -> list[str]:
    wanted = {"tenant": tenant, "role__in": (Role.OWNER, Role.ADMIN), "user__is_active": True}
    return list(Membership.objects.filter(**wanted).order_by("pk").values_list("user__email", flat=True))


def _send(name: str, told: Mapping[str, object], *, subject: str, to: Sequence[str], id: str) -> None:
    """A mail of two templates, plain and HTML. What the server answers is raised, and tried again; but an address that
    it refuses for good is not."""
    headers = {"Message-ID": _message_id(id), "Auto-Submitted": "auto-generated"}
    text = render_to_string(f"orders/mail/{name}.txt", told)
    for address in to:
        mail = EmailMultiAlternatives(" ".join(subject.split()), text, to=[address], headers=headers)
        mail.attach_alternative(render_to_string(f"orders/mail/{name}.html", told), "text/html")
        try:
            mail.send()
        except smtplib.SMTPRecipientsRefused as error:
            if any(code < 500 for code, _ in error.recipients.values()):
                raise
            _log.warning("mail refused for good", effect=id)


def _message_id(id: str) -> str:
    return f"<{hashlib.sha256(id.encode()).hexdigest()[:40]}@{settings.PUBLIC_HOST}>"


def _is_address(text: str) -> bool:
    try:
        validate_email(text)
    except ValidationError:
        return False
    return True
