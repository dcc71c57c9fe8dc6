"""Browser sessions: one belongs to the host it was begun on, and counts for nothing on any other."""

from django.contrib.auth import login
from django.contrib.auth.models import AnonymousUser

from tenants import support
from tenants.models import PUBLIC, Membership, Tenant, User
from tenants.principal import Principal
from tenants.requests import TenantRequest

TENANT = "tenant"
"""The session's entry for the code of the tenant it was begun on."""

SUPPORT = "support"
"""Its entry for the support access it was begun under: over with it, whatever is opened later."""


def begin(request: TenantRequest, user: User) -> None:
    """Sign in, in a session that did not exist before."""
    request.session.flush()
    login(request, user)
    request.session[TENANT] = request.tenant.code
    if (principal := principal_of(user, tenant=request.tenant)) and principal.on_behalf_of:
        request.session[SUPPORT] = principal.on_behalf_of


def bind(request: TenantRequest) -> None:
    """Set `request.principal`; where it is None, `request.user` is anonymous."""
    request.principal = None
    if request.session.get(TENANT) == request.tenant.code and isinstance(request.user, User):
        found = principal_of(request.user, tenant=request.tenant)
        is_same = found and found.on_behalf_of == request.session.get(SUPPORT, "")
        request.principal = found if is_same else None
    if request.principal is None:
        request.user = AnonymousUser()


def belongs(email: str, *, tenant: Tenant) -> bool:
    """Whether somebody with this address, in small letters, may sign in here."""
    if tenant.code == PUBLIC:
        return User.objects.filter(email=email, is_staff=True).exists()
    return Membership.objects.filter(user__email=email, tenant=tenant).exists()


def principal_of(user: User, *, tenant: Tenant) -> Principal | None:
    """What a person is here: a member of a tenant, staff on the public host or under a support access, or nobody."""
    name = str(user)
    if tenant.code == PUBLIC:
        return Principal.staff(user_id=user.pk, name=name, tenant=PUBLIC) if user.is_staff else None
    member = Membership.objects.filter(user=user, tenant=tenant).first()
    if member is None:
        access = support.open_to(user, tenant=tenant)
        return support.principal_of(access) if access else None
    return Principal.member(user_id=user.pk, name=name, role=member.role, tenant=tenant.code)
