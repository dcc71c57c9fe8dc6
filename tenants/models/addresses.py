"""Addresses of people that are still to be confirmed."""

from django.db import models

from tenants.models.people import User
from tenants.models.tenant import Tenant, in_lower_case


class AddressClaim(models.Model):
    """That a person says an e-mail address is theirs: the one they have, or one that is to take its place. One a person
    at most. The token of its link is made when the mail is sent and kept as a hash only; the row is deleted by whoever
    confirms (tenants/confirmation/)."""

    user = models.OneToOneField(User, models.CASCADE, primary_key=True, related_name="+")
    tenant = models.ForeignKey(Tenant, models.CASCADE, related_name="+", help_text="on whose host the link is good")
    email = models.EmailField()
    digest = models.CharField(max_length=64, blank=True, db_index=True, editable=False)
    expires_at = models.DateTimeField(db_index=True)
    tried_at = models.DateTimeField(null=True, help_text="when sending was last begun")
    sent_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [in_lower_case("email", name="address_claim_email_lower")]

    def __str__(self) -> str:
        return f"{self.email} of {self.user_id}"
