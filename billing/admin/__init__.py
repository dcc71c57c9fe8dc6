"""Staff's view of subscriptions, quotas and invoices. Every button sends a command, as that member of staff, with a
reason."""

from billing.admin.invoices import InvoiceAdmin
from billing.admin.subscriptions import SubscriptionAdmin

__all__ = ["InvoiceAdmin", "SubscriptionAdmin"]
