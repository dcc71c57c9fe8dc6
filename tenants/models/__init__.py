"""Control data, in the public schema: people, tenants, their hosts, memberships and API keys."""

from tenants.models.addresses import AddressClaim
from tenants.models.domains import DomainClaim
from tenants.models.handover import HandOver
from tenants.models.invitations import Invitation
from tenants.models.keys import ApiKey
from tenants.models.people import ROLES, FormerMember, Membership, People, User
from tenants.models.resets import ResetRequest
from tenants.models.sign_ins import SignInTry
from tenants.models.sign_ups import SignUpTry
from tenants.models.support import SupportAccess
from tenants.models.tenant import CODE, POOL, PUBLIC, RESERVED, SYSTEM, TEMPLATE, Domain, Tenant, known_time_zone

__all__ = [
    "CODE", "POOL", "PUBLIC", "RESERVED", "ROLES", "SYSTEM", "TEMPLATE", "AddressClaim", "ApiKey", "Domain",
    "DomainClaim", "FormerMember", "HandOver", "Invitation", "Membership", "People", "ResetRequest", "SignInTry",
    "SignUpTry", "SupportAccess", "Tenant", "User", "known_time_zone",
]  # fmt: skip
