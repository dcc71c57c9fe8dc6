"""Custom domains that a tenant has yet to prove to be its own."""

from django.db import models

from tenants.models.tenant import Tenant, in_lower_case


class DomainClaim(models.Model):
    """That a tenant says a domain is its own. It leads nowhere, and keeps nobody else from saying the same: whoever
    proves it first has it. The token stands in the domain's DNS; it is no secret."""

    tenant = models.ForeignKey(Tenant, models.CASCADE, related_name="domain_claims")
    domain = models.CharField(max_length=253)
    token = models.CharField(max_length=64)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "domain"], name="domain_claim_once"),
            in_lower_case("domain", name="domain_claim_lower"),
        ]

    def __str__(self) -> str:
        return self.domain
