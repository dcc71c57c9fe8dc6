"""Requests by key, each of which is an API call of its tenant's plan."""

from rest_framework.request import Request

from billing.metering import METER
from tenants.authentication import ApiKeyAuthentication
from tenants.principal import Principal

FREE = frozenset({"plans", "subscription", "invoices", "usage"})
"""What a tenant can still ask that has used up its calls: how much that is, and for more of them."""


class MeteredKey(ApiKeyAuthentication):
    """As the key itself, and then one call more. QuotaExceeded."""

    def authenticate(self, request: Request) -> tuple[Principal, Principal] | None:
        """The key's principal as user and as auth; None where no Bearer credential is sent."""
        found = super().authenticate(request)
        if found and getattr(request.parser_context["view"], "path", "") not in FREE:
            METER.take(found[1].tenant)
        return found
