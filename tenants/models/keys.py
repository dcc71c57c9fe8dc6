"""API keys."""

from datetime import datetime

from django.contrib.postgres.fields import ArrayField
from django.db import models

from tenants.models.people import User
from tenants.models.tenant import Tenant


class ApiKey(models.Model):
    """A program's credential for one tenant. Its secret is shown once and kept as a hash only (tenants/keys.py)."""

    tenant = models.ForeignKey(Tenant, models.CASCADE, related_name="api_keys")
    prefix = models.CharField(max_length=12, unique=True)
    digest = models.CharField(max_length=64, editable=False)
    name = models.CharField(max_length=100)
    scopes = ArrayField(models.CharField(max_length=64), help_text="Such as todos:read; * is everything.")
    created_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)
    replaces = models.OneToOneField("self", models.SET_NULL, null=True, editable=False, related_name="replaced_by")

    class Meta:
        verbose_name = "API key"

    def __str__(self) -> str:
        return self.prefix

    def is_good(self, now: datetime) -> bool:
        """Whether it is neither revoked nor expired."""
        return self.state(now) == "active"

    def state(self, now: datetime) -> str:
        """`active`, `revoked` or `expired`."""
        if self.revoked_at is not None:
            return "revoked"
        return "active" if self.expires_at is None or now < self.expires_at else "expired"
