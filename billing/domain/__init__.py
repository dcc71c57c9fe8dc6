"""What billing is about, without a database: the standard library and the kernel's domain only."""

from billing.domain.entities import INVOICE, SUBSCRIPTION
from billing.domain.invoice import Invoice
from billing.domain.metrics import CALLS, PERIODIC, QUOTA, Metric, counted
from billing.domain.plan import Cycle, Enforcement, Limit, Plan
from billing.domain.subscription import CODE, Status, Subscription

__all__ = [
    "CALLS", "CODE", "INVOICE", "PERIODIC", "QUOTA", "SUBSCRIPTION", "Cycle", "Enforcement", "Invoice", "Limit",
    "Metric", "Plan", "Status", "Subscription", "counted",
]  # fmt: skip
