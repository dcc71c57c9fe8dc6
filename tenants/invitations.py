"""Asking people in: made, sent again, revoked and accepted, each once. The mails are sent by tenants/mail.py."""

from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from cqrs.domain import NotFound
from cqrs.messages import send_on_commit
from face.kept import Made
from tenants.email_addresses import parse_email
from tenants.hooks import joining
from tenants.members import OWN
from tenants.models import Invitation, Membership, Tenant, User
from tenants.principal import Principal, Role
from tenants.refusals import AlreadyInvited, AlreadyMember, InvitationOver, OnlyOwners
from tenants.tokens import digest_of

LASTS = timedelta(days=7)
"""How long a link is good; sending it again begins anew."""


def shown(invitation: Invitation) -> dict[str, Any]:
    """An invitation as clients see it; its link is in the mail only."""
    return {
        "id": invitation.id,
        "email": invitation.email,
        "role": invitation.role,
        "state": state_of(invitation, timezone.now()),
        "invited_by": invitation.invited_by,
        "created_at": invitation.created_at,
        "sent_at": invitation.sent_at,
        "expires_at": invitation.expires_at,
        "accepted_at": invitation.accepted_at,
        "accepted_by": f"user:{invitation.accepted_by_id}" if invitation.accepted_by_id else None,
        "revoked_at": invitation.revoked_at,
    }


def state_of(invitation: Invitation, now: datetime) -> str:
    """`accepted`, `revoked`, `expired`, `sent`, or `unsent`: the mail is still on its way out."""
    if invitation.accepted_at:
        return "accepted"
    if invitation.revoked_at:
        return "revoked"
    if invitation.expires_at <= now:
        return "expired"
    return "sent" if invitation.sent_at else "unsent"


def invite(principal: Principal, tenant: Tenant, *, email: str, role: Role) -> Made:
    """Ask somebody in. InvalidEmail, OnlyOwners, AlreadyMember, AlreadyInvited, QuotaExceeded. Inside a transaction,
    after which the mail goes out."""
    email = parse_email(email)
    if role == Role.OWNER and not principal.may(OWN):
        raise OnlyOwners(pointer="/role")
    if Membership.objects.filter(tenant=tenant, user__email=email).exists():
        raise AlreadyMember(pointer="/email")
    joining(tenant)
    now = timezone.now()
    open_ = Invitation.objects.filter(tenant=tenant, email=email, accepted_at=None, revoked_at=None)
    open_.filter(expires_at__lte=now).update(revoked_at=now)
    told = {"role": role, "invited_by": principal.actor.id, "expires_at": now + LASTS}
    invitation, is_new = open_.get_or_create(
        tenant=tenant, email=email, accepted_at=None, revoked_at=None, defaults=told
    )
    if not is_new:
        raise AlreadyInvited(pointer="/email", id=invitation.id)
    return _to_send(invitation)


def resend(tenant: Tenant, id: str) -> Made:
    """Send it again: the link of the older mail is void from now on. NotFound, InvitationOver. As `invite`."""
    invitation = held(tenant, id)
    invitation.digest, invitation.sent_at, invitation.tried_at = "", None, None
    invitation.expires_at = timezone.now() + LASTS
    invitation.save(update_fields=["digest", "sent_at", "tried_at", "expires_at"])
    return _to_send(invitation)


def revoke(tenant: Tenant, id: str) -> Made:
    """Take it back: its link is void at once. NotFound, InvitationOver for one that was accepted. Inside a
    transaction."""
    invitation = held(tenant, id, or_revoked=True)
    if invitation.revoked_at:
        return Made(None, subject=id, changed=False)
    invitation.digest, invitation.revoked_at = "", timezone.now()
    invitation.save(update_fields=["digest", "revoked_at"])
    return Made(None, subject=id, detail={"role": invitation.role})


def open_by(token: str, *, tenant: Tenant) -> Invitation | None:
    """The invitation that this link is of, if it still is good."""
    found = Invitation.objects.filter(tenant=tenant, digest=digest_of(token)).first()
    return found if found and state_of(found, timezone.now()) == "sent" else None


def accept(tenant: Tenant, id: str, *, user: User) -> Made:
    """Make the person who was invited a member: once. NotFound, InvitationOver, QuotaExceeded. The caller has made sure
    that they are who was invited. Inside a transaction."""
    invitation = held(tenant, id)
    if invitation.expires_at <= timezone.now() or invitation.email != user.email:
        raise InvitationOver
    if not Membership.objects.filter(user=user, tenant=tenant).exists():
        joining(tenant)
    invitation.accepted_at, invitation.accepted_by, invitation.digest = timezone.now(), user, ""
    invitation.save(update_fields=["accepted_at", "accepted_by", "digest"])
    Membership.objects.get_or_create(user=user, tenant=tenant, defaults={"role": invitation.role})
    return Made(shown(invitation), subject=id, detail={"role": invitation.role, "user": f"user:{user.pk}"})


def held(tenant: Tenant, id: str, *, or_revoked: bool = False) -> Invitation:
    """One that is open, its row locked until the transaction ends. NotFound, InvitationOver."""
    invitation = Invitation.objects.select_for_update().filter(tenant=tenant, id=id).first()
    if invitation is None:
        raise NotFound
    if invitation.accepted_at or (invitation.revoked_at and not or_revoked):
        raise InvitationOver
    return invitation


def _to_send(invitation: Invitation) -> Made:
    """The audit names the invitation, not the address: an audit line cannot be erased."""
    send_on_commit("tenants.send_invitation", expires=60, id=invitation.id)
    return Made(shown(invitation), subject=invitation.id, detail={"role": invitation.role})
