"""The staff's view of control data: nothing is edited in a form; buttons ask why, and the audit keeps the answer."""

from tenants.admin.keys import ApiKeyAdmin, DomainAdmin
from tenants.admin.people import MembershipAdmin, PersonAdmin
from tenants.admin.tenants import TenantAdmin

__all__ = ["ApiKeyAdmin", "DomainAdmin", "MembershipAdmin", "PersonAdmin", "TenantAdmin"]
