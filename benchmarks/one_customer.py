"""The middlewares of a system that has one customer only: who is signed in belongs to it."""

import os
from collections.abc import Callable
from functools import cache

from django.db import connection
from django.http import HttpResponseBase
from django.utils import timezone

from tenants.models import Membership, Tenant
from tenants.principal import Principal
from tenants.requests import TenantRequest

type View = Callable[[TenantRequest], HttpResponseBase]


def entered(get_response: View) -> View:
    """The one customer's time zone, and nothing to find out."""

    def middleware(request: TenantRequest) -> HttpResponseBase:
        request.tenant = _customer()
        connection.schema_name = request.tenant.schema_name  # type: ignore[attr-defined]  # keys of the cache hold it
        with timezone.override(request.tenant.time_zone):
            return get_response(request)

    return middleware


def bound(get_response: View) -> View:
    """Who is signed in, as what; asked of the database as it would be without tenants too."""

    def middleware(request: TenantRequest) -> HttpResponseBase:
        request.principal = None
        if request.user.is_authenticated:
            member = Membership.objects.get(user=request.user, tenant=_customer())
            request.principal = Principal.member(
                user_id=request.user.pk, name=str(request.user), role=member.role, tenant=_customer().code
            )
        return get_response(request)

    return middleware


@cache
def _customer() -> Tenant:
    found: Tenant = Tenant.objects.get(code=os.environ["BENCH_TENANT"])
    return found
