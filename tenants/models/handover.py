"""Hand-overs: a person on the way from one host to another."""

from django.db import models

from tenants.models.people import User
from tenants.models.tenant import Tenant


class HandOver(models.Model):
    """That a person may enter a tenant's host without signing in again. Its token is in the link and kept as a hash
    only (tenants/handover.py); the row is deleted by the first who uses it."""

    digest = models.CharField(max_length=64, unique=True, editable=False)
    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    tenant = models.ForeignKey(Tenant, models.CASCADE, related_name="+")
    expires_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"{self.user_id} to {self.tenant_id}"
