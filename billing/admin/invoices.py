"""Invoices and credit notes as staff see them. That one is paid, void or credited is said here and nowhere else."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.http import HttpRequest, HttpResponse

from billing.admin.forms import CreditForm, dialog
from billing.admin.sending import send
from billing.domain import INVOICE
from billing.domain.invoice import credit, pay, void
from billing.models import InvoiceRow
from face.admin import ReasonForm, TenantAdmin, button

PAY = dialog("Mark as paid", "The money has been seen. The reason is kept as the payment's reference.")
VOID = dialog("Make void", "It was made in error, and nobody has to pay it. Its number stays.")
CREDIT = dialog("Give back", "A credit note is made, and the next invoices are paid from it.", CreditForm)


@admin.register(InvoiceRow)
class InvoiceAdmin(TenantAdmin):
    """A tenant's invoices and credit notes."""

    list_display = ("code", "kind", "status", "total", "issued_at", "due_at", "paid_at", "version")
    list_filter = ("status", "kind")
    search_fields = ("code",)
    ordering = ("-issued_at",)
    actions_detail = ("pay", "void", "credit")

    @button("Mark as paid", right="billing.pay_invoicerow", icon="payments", dialog=PAY)
    def pay(self, request: HttpRequest, form: ReasonForm, object_id: str) -> HttpResponse:
        """The `manual` gateway."""
        return _ask(request, form, object_id, pay, reference=form.cleaned_data["reason"])

    @button("Make void", right="billing.void_invoicerow", icon="block", dialog=VOID)
    def void(self, request: HttpRequest, form: ReasonForm, object_id: str) -> HttpResponse:
        """Nobody has to pay it."""
        return _ask(request, form, object_id, void, reason=form.cleaned_data["reason"])

    @button("Give back", right="billing.credit_invoicerow", icon="currency_exchange", dialog=CREDIT)
    def credit(self, request: HttpRequest, form: CreditForm, object_id: str) -> HttpResponse:
        """By a credit note."""
        given = form.cleaned_data
        return _ask(request, form, object_id, credit, amount=given["amount"], reason=given["reason"])


def _ask(request: HttpRequest, form: ReasonForm, object_id: str, rule: Callable[..., Any], **args: Any) -> HttpResponse:
    """Ask a rule of an invoice."""
    sk = unquote(object_id).split("#", 2)[2]
    return send(request, form, object_id, INVOICE.ref(sk).ask(rule, **args), row=InvoiceRow)
