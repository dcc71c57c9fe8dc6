"""Who asks, and of which tenant, with the types of this app."""

from typing import cast

from rest_framework.request import Request

from tenants.models import Tenant
from tenants.principal import Principal
from tenants.requests import TenantRequest


def principal_of(request: Request) -> Principal:
    """Who sent a request that was let in."""
    return cast(Principal, request.auth)


def tenant_of(request: Request) -> Tenant:
    """The host's tenant."""
    return cast(TenantRequest, request._request).tenant
