"""A tenant's webhooks go where it goes: switched off, and without their secrets.

Else a copy would tell the receivers of the original what happens in it, as if it were that; and who has a file could
speak for the tenant.
"""

from collections.abc import Mapping
from typing import Any

from cqrs.domain import Json
from tenants.hooks import Belongings, Carrier, carries
from tenants.models import Tenant
from webhooks.models import Endpoint
from webhooks.queue import head_of
from webhooks.signing import new_secret, sealed

RESTORED = "It came with a restored workspace: give its receiver a new secret, then switch it on."


def pack(tenant: Tenant) -> Belongings:
    """Address, events and description of each, the oldest first."""
    rows = Endpoint.objects.filter(tenant=tenant).order_by("created_at", "id")
    return [{"url": each.url, "events": list[Json](each.events), "description": each.description} for each in rows]


def unpack(tenant: Tenant, found: Belongings) -> None:
    """The same, switched off; a tenant that has some already gets no more."""
    if not Endpoint.objects.filter(tenant=tenant).exists():
        Endpoint.objects.bulk_create([_switched_off(tenant, each) for each in found])


def _switched_off(tenant: Tenant, told: Mapping[str, Any]) -> Endpoint:
    """With a secret that nobody knows."""
    endpoint = Endpoint(tenant=tenant, **told, is_active=False, disabled_reason=RESTORED, created_by="system:restore")
    endpoint.secret, endpoint.position = sealed(new_secret(), endpoint=endpoint.id), head_of(tenant.code)
    return endpoint


carries("webhooks", Carrier(pack, unpack))
