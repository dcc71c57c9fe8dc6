"""Billing: plans, the subscription of each tenant, what is metered, quotas, invoices, and the runs that make them."""
