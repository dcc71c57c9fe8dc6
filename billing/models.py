"""What a reader sees of a subscription and of invoices. Money is `{"amount", "currency"}`."""

from django.db import models

from cqrs.models import Row


class SubscriptionRow(Row):
    plan = models.TextField()
    plan_version = models.IntegerField()
    billing_cycle = models.TextField()
    status = models.TextField()
    price = models.JSONField()
    current_period = models.JSONField()
    trial_ends_at = models.DateTimeField(null=True)
    cancel_at_period_end = models.BooleanField()
    cancel_reason = models.TextField(blank=True)
    ended_at = models.DateTimeField(null=True)
    scheduled = models.JSONField(null=True)
    credit = models.JSONField()
    owing = models.JSONField()
    limits = models.JSONField()
    overrides = models.JSONField()

    class Meta:
        db_table = "subscription"
        verbose_name = "subscription"


class InvoiceRow(Row):
    kind = models.TextField()
    status = models.TextField()
    plan = models.TextField()
    lines = models.JSONField()
    tax = models.JSONField()
    total = models.JSONField()
    credited = models.JSONField()
    amount_due = models.JSONField(null=True)
    corrects = models.TextField(blank=True)
    reason = models.TextField(blank=True)
    issued_at = models.DateTimeField()
    due_at = models.DateTimeField()
    paid_at = models.DateTimeField(null=True)
    payment_method = models.TextField(blank=True)
    payment_reference = models.TextField(blank=True)

    class Meta:
        db_table = "invoice"
        verbose_name = "invoice"
        indexes = [
            models.Index(fields=["issued_at", "id"], name="invoice_issued"),
            models.Index(fields=["status", "issued_at", "id"], name="invoice_status"),
        ]
