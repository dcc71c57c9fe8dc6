"""The staff's view of control data: nothing is edited in a form; buttons ask why, and the audit keeps the answer."""

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib import admin

from tenants.admin.keys import ApiKeyAdmin, DomainAdmin
from tenants.admin.people import MembershipAdmin, PersonAdmin
from tenants.admin.tenants import TenantAdmin

__all__ = ["ApiKeyAdmin", "DomainAdmin", "MembershipAdmin", "PersonAdmin", "TenantAdmin"]

for _ours in (EmailAddress, Authenticator):  # people's own, and edited by nobody else
    if admin.site.is_registered(_ours):
        admin.site.unregister(_ours)
