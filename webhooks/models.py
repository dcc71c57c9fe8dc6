"""Endpoints, and what was or is to be delivered to each."""

import secrets

from django.contrib.postgres.fields import ArrayField
from django.db import models

from tenants.models import Tenant


def endpoint_id() -> str:
    """`we_` and 24 hexadecimal digits."""
    return f"we_{secrets.token_hex(12)}"


class Endpoint(models.Model):
    """Where a tenant's events go. `position` is how far its journal is queued; the secrets are sealed (`signing`)."""

    id = models.CharField(primary_key=True, max_length=27, default=endpoint_id)
    tenant = models.ForeignKey(Tenant, models.CASCADE, related_name="webhooks")
    url = models.TextField()
    events = ArrayField(models.TextField(), help_text="Such as order.placed, order.*; * is everything.")
    description = models.TextField(blank=True)
    is_active = models.BooleanField(default=True)
    disabled_reason = models.TextField(blank=True)
    secret = models.TextField(editable=False)
    old_secret = models.TextField(blank=True, editable=False)
    old_secret_until = models.DateTimeField(null=True)
    position = models.BigIntegerField()
    failing_since = models.DateTimeField(null=True)
    leased_until = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.TextField()

    class Meta:
        db_table = "webhook_endpoint"
        verbose_name = "webhook endpoint"

    def __str__(self) -> str:
        return self.id


class Delivery(models.Model):
    """One event for one endpoint, however often it is tried."""

    class State(models.TextChoices):
        PENDING = "pending"
        DELIVERED = "delivered"
        FAILED = "failed"

    endpoint = models.ForeignKey(Endpoint, models.CASCADE, related_name="deliveries")
    position = models.BigIntegerField()
    entity_id = models.TextField()
    version = models.BigIntegerField()
    type = models.TextField()
    state = models.CharField(max_length=16, choices=State, default=State.PENDING)
    attempts = models.IntegerField(default=0)
    next_at = models.DateTimeField()
    created_at = models.DateTimeField(auto_now_add=True)
    tried_at = models.DateTimeField(null=True)
    status = models.IntegerField(null=True, help_text="what the endpoint answered the last time")
    error = models.TextField(blank=True)

    class Meta:
        db_table = "webhook_delivery"
        verbose_name_plural = "webhook deliveries"
        constraints = [
            models.UniqueConstraint(fields=["endpoint", "entity_id", "version"], name="webhook_delivery_once")
        ]
        indexes = [
            models.Index(
                fields=["endpoint", "next_at"], name="webhook_delivery_due", condition=models.Q(state="pending")
            ),
            models.Index(fields=["endpoint", "created_at", "id"], name="webhook_delivery_made"),
        ]

    def __str__(self) -> str:
        return f"{self.type} {self.entity_id}@{self.version}"

    @property
    def subject(self) -> str:
        """What it is of, by its code; of what has none by its id."""
        return self.entity_id.rpartition("#")[2]
