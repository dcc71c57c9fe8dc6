"""Invitations: people who were asked in and have not come yet."""

import secrets

from django.db import models
from django.db.models import Q

from tenants.models.people import ROLES, User
from tenants.models.tenant import Tenant, in_lower_case


def _new_id() -> str:
    """Says neither how many there are nor whose."""
    return secrets.token_hex(8)


class Invitation(models.Model):
    """That somebody may join a tenant as something, by a link in a mail. The link's token is made when the mail is
    sent, and only its hash is kept: a newer mail makes the older link void (tenants/invitations.py)."""

    id = models.CharField(max_length=16, primary_key=True, default=_new_id, editable=False)
    tenant = models.ForeignKey(Tenant, models.CASCADE, related_name="invitations")
    email = models.EmailField()
    role = models.CharField(max_length=16, choices=ROLES)
    digest = models.CharField(max_length=64, blank=True, db_index=True, editable=False)
    invited_by = models.TextField(help_text="user:7, key:3f…")
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    tried_at = models.DateTimeField(null=True, help_text="when sending was last begun")
    sent_at = models.DateTimeField(null=True)
    accepted_at = models.DateTimeField(null=True)
    accepted_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "email"],
                condition=Q(accepted_at=None, revoked_at=None),
                name="invitation_open_once",
            ),
            in_lower_case("email", name="invitation_email_lower"),
        ]

    def __str__(self) -> str:
        return f"{self.email} to {self.tenant_id}"
