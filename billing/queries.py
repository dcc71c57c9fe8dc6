"""What can be asked of this tenant's subscription and invoices."""

import django_filters as filters
from django.db.models import QuerySet

from billing.domain import INVOICE, SUBSCRIPTION
from billing.domain.invoice import Kind, State
from billing.models import InvoiceRow, SubscriptionRow
from face.filters import RowFilter
from face.listing import Listing


def subscriptions() -> QuerySet[SubscriptionRow]:
    """The one subscription of the tenant whose schema is current."""
    return SubscriptionRow.objects.all()


def invoices() -> QuerySet[InvoiceRow]:
    """Its invoices and credit notes."""
    return InvoiceRow.objects.all()


class InvoiceFilter(RowFilter):
    """`?status=&kind=&q=`."""

    status = filters.MultipleChoiceFilter(choices=[(each, each) for each in State])
    kind = filters.MultipleChoiceFilter(choices=[(each, each) for each in Kind])

    def search(self, rows: QuerySet[InvoiceRow], _: str, text: str) -> QuerySet[InvoiceRow]:
        """By code: a document has no other name."""
        return rows.filter(code__icontains=text)


SUBSCRIPTIONS = Listing(SUBSCRIPTION, "subscription", subscriptions, RowFilter)
INVOICES = Listing(INVOICE, "invoices", invoices, InvoiceFilter, ("issued_at", "code"), ordering="-issued_at")
