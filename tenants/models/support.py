"""That staff may be in a tenant for a while."""

import secrets

from django.db import models
from django.db.models import F, Q
from django.utils.timezone import localtime

from tenants.models.people import User
from tenants.models.tenant import Tenant
from tenants.principal import Role


def _new_id() -> str:
    return secrets.token_hex(8)


class SupportAccess(models.Model):
    """One member of staff, in one tenant, as something, until a time, for a reason (tenants/support/)."""

    id = models.CharField(max_length=16, primary_key=True, default=_new_id, editable=False)
    tenant = models.ForeignKey(Tenant, models.CASCADE, related_name="support")
    staff = models.ForeignKey(User, models.PROTECT, related_name="+")
    role = models.CharField(max_length=16, choices=[(role.value, role.value) for role in (Role.VIEWER, Role.ADMIN)])
    reason = models.TextField()
    opened_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    ended_by = models.TextField(blank=True, help_text="user:7, staff:2; empty: its time was over")

    class Meta:
        ordering = ["-opened_at"]
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="support_has_reason"),
            models.CheckConstraint(condition=Q(expires_at__gt=F("opened_at")), name="support_ends"),
        ]

    def __str__(self) -> str:
        return f"support:{self.id}"

    @property
    def told(self) -> str:
        """What the tenant reads while it is open."""
        may = "read and change" if self.role == Role.ADMIN else "read"
        return f"Our support can {may} this workspace until {localtime(self.expires_at):%H:%M}: {self.reason}"
