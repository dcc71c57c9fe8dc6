"""Control data, in the public schema: people, tenants, their hosts, memberships and API keys."""

from tenants.models.handover import HandOver
from tenants.models.keys import ApiKey
from tenants.models.people import Membership, People, User
from tenants.models.tenant import CODE, PUBLIC, RESERVED, SYSTEM, Domain, Tenant, known_time_zone

__all__ = [
    "CODE", "PUBLIC", "RESERVED", "SYSTEM", "ApiKey", "Domain", "HandOver", "Membership", "People", "Tenant",
    "User", "known_time_zone",
]  # fmt: skip
