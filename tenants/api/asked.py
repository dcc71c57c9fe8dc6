"""Who asks, of which tenant, and for which row of it, with the types of this app."""

from typing import cast

from django.db.models import Model, QuerySet
from rest_framework.request import Request

from cqrs.domain import NotFound
from tenants.models import Tenant
from tenants.principal import Principal
from tenants.requests import TenantRequest


def principal_of(request: Request) -> Principal:
    """Who sent a request that was let in."""
    return cast(Principal, request.auth)


def tenant_of(request: Request) -> Tenant:
    """The host's tenant."""
    return cast(TenantRequest, request._request).tenant


def one_of[M: Model](rows: QuerySet[M], **named: str) -> M:
    """The row of this name. NotFound."""
    found = rows.filter(**named).first()
    if found is None:
        raise NotFound
    return found
