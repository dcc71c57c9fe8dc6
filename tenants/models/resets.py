"""Passwords that somebody has forgotten."""

from django.db import models

from tenants.models.people import User
from tenants.models.tenant import Tenant


class ResetRequest(models.Model):
    """That a person asked for the mail with which another password is set. One a person at most: asking again begins
    anew. Its link is made when the mail is sent, and kept nowhere."""

    user = models.OneToOneField(User, models.CASCADE, primary_key=True, related_name="+")
    tenant = models.ForeignKey(Tenant, models.CASCADE, related_name="+", help_text="on whose host the link is good")
    expires_at = models.DateTimeField(db_index=True)
    tried_at = models.DateTimeField(null=True, help_text="when sending was last begun")
    sent_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"reset of {self.user_id}"
