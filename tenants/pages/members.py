"""The page of a tenant's people: who belongs, as what, and who is invited."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from cqrs.domain import Refused
from face.pages import page
from face.web import signed_in
from tenants import invitations
from tenants import members as rules
from tenants.models import Invitation, Membership
from tenants.pages.changes import make, pressed, principal_of, tenant_of
from tenants.principal import Role

MANAGE = "members:manage"
PAGE = "settings-members"


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in("members:read")
def members(request: HttpRequest) -> HttpResponse:
    """The people, a page at a time; whoever manages them invites, sees who is invited, gives roles and removes."""
    may_manage = principal_of(request).may(MANAGE)
    if request.method == "POST":
        if may_manage and _invite(request):
            return redirect(PAGE)
        return _shown(request, may_manage=may_manage, status=422 if may_manage else 403)
    return _shown(request, may_manage=may_manage)


@require_POST
@signed_in(MANAGE)
def give_role(request: HttpRequest, id: str) -> HttpResponse:
    """Give a member another role."""
    role = _role(request)
    if role is None:
        return redirect(PAGE)
    return pressed(
        request,
        lambda: rules.give_role(principal_of(request), tenant_of(request), id, role),
        action="member.role_given",
        said=f"They are {role} now",
        back=PAGE,
    )


@require_POST
@signed_in(MANAGE)
def remove(request: HttpRequest, id: str) -> HttpResponse:
    """Remove a member."""
    return pressed(
        request,
        lambda: rules.remove(principal_of(request), tenant_of(request), id),
        action="member.removed",
        said="Removed: they are out with their next click",
        back=PAGE,
    )


@require_POST
@signed_in("members:read")
def leave(request: HttpRequest) -> HttpResponse:
    """End one's own membership."""
    left = make(
        request,
        lambda: rules.leave(principal_of(request), tenant_of(request)),
        action="member.left",
        said=f"You have left {tenant_of(request).name}",
    )
    return redirect("sign-in" if left else "settings-account")


@require_POST
@signed_in(MANAGE)
def resend(request: HttpRequest, id: str) -> HttpResponse:
    """Send an invitation again."""
    return pressed(
        request,
        lambda: invitations.resend(tenant_of(request), id),
        action="invitation.resent",
        said="Sent again: the older link is void",
        back=PAGE,
    )


@require_POST
@signed_in(MANAGE)
def revoke(request: HttpRequest, id: str) -> HttpResponse:
    """Take an invitation back."""
    return pressed(
        request,
        lambda: invitations.revoke(tenant_of(request), id),
        action="invitation.revoked",
        said="Taken back: its link is void",
        back=PAGE,
    )


def _invite(request: HttpRequest) -> bool:
    role, email = _role(request), request.POST.get("email", "")
    return role is not None and make(
        request,
        lambda: invitations.invite(principal_of(request), tenant_of(request), email=email[:254], role=role),
        action="member.invited",
        said=f"Invited: a mail to {email.strip()} is on its way",
    )


def _role(request: HttpRequest) -> Role | None:
    given = request.POST.get("role", "")
    return Role(given) if given in set(Role) else None


def _shown(request: HttpRequest, *, may_manage: bool, status: int = 200) -> HttpResponse:
    tenant, principal = tenant_of(request), principal_of(request)
    rows = Membership.objects.filter(tenant=tenant).select_related("user")
    try:
        found = page(rows, ordering="-created_at", cursor=request.GET.get("cursor"), scope=f"{tenant.code}:members")
    except Refused:
        return redirect(PAGE)
    owns = principal.may(rules.OWN)
    roles = [role.value for role in Role if owns or role != Role.OWNER]
    shown = {"page": found, "may_manage": may_manage, "may_own": owns, "roles": roles, "me": principal.actor.id}
    if may_manage:
        shown["invitations"] = _open(request)
    return render(request, "settings/members.html", shown | {"typed": request.POST}, status=status)


def _open(request: HttpRequest) -> list[tuple[Invitation, str]]:
    rows = Invitation.objects.filter(tenant=tenant_of(request), accepted_at=None, revoked_at=None)
    now = timezone.now()
    return [(each, invitations.state_of(each, now)) for each in rows.order_by("-created_at")[:100]]
