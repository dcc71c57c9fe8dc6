"""Which tenant a host name leads to: asked of the database once in a few seconds, and forgotten at every change."""

import copy
import time
from functools import lru_cache

from django.core.exceptions import DisallowedHost
from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver
from django.http import HttpRequest
from django.http.request import split_domain_port

from tenants.models import Domain, Tenant

REMEMBERED_FOR = 3.0
"""Seconds for which another process may still see the tenant as it was."""

OPEN = (Tenant.State.ACTIVE, Tenant.State.SUSPENDED, Tenant.State.HELD)
"""States in which a tenant's hosts lead somewhere. The others are as unknown as a host nobody has."""


def host_of(request: HttpRequest) -> str:
    """The request's host name in lower case, without its port; empty where it is malformed."""
    try:
        return split_domain_port(request.get_host())[0].lower()
    except DisallowedHost:
        return ""


def tenant_of(host: str) -> Tenant:
    """A copy of the tenant that this host leads to. Domain.DoesNotExist; that is asked anew each time."""
    return copy.copy(_remembered(host, int(time.monotonic() / REMEMBERED_FOR)))


@lru_cache(maxsize=1024)
def _remembered(host: str, _moment: int) -> Tenant:
    open = Domain.objects.select_related("tenant").filter(tenant__state__in=OPEN)
    tenant: Tenant = open.get(domain=host).tenant
    return tenant


@receiver([post_save, post_delete], sender=Tenant)
@receiver([post_save, post_delete], sender=Domain)
def forget(**_: object) -> None:
    """Ask the database again for every host."""
    _remembered.cache_clear()
