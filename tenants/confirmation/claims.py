"""Asking for an address to be confirmed, and what comes of it. The mails are sent by tenants/confirmation/mail.py."""

from datetime import timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone

from cqrs.domain import Refused
from cqrs.messages import send_on_commit
from tenants.email_addresses import parse_email
from tenants.models import AddressClaim, Tenant, User
from tenants.tokens import digest_of

LASTS = timedelta(days=3)
"""How long a link is good; sending it again begins anew."""

TASK = "tenants.send_confirmation"
FIELDS = ("tenant", "email", "digest", "expires_at", "tried_at", "sent_at")


class SameAddress(Refused):
    """This is your address already."""


class ClaimOver(Refused):
    """This link is not good any more."""


def ask(user: User, *, tenant: Tenant, email: str = "") -> None:
    """Have a link sent to the address they have, or to one that is to take its place: the link is on that tenant's
    host, and an older one is void. One statement. Inside a transaction, after which the mail goes out."""
    claim = AddressClaim(user=user, tenant=tenant, email=email or user.email, expires_at=timezone.now() + LASTS)
    AddressClaim.objects.bulk_create([claim], update_conflicts=True, unique_fields=["user"], update_fields=FIELDS)
    send_on_commit(TASK, expires=60, user=user.pk)


def ask_again(user: User, *, tenant: Tenant) -> bool:
    """Send the link again. False where there is nothing to confirm. As `ask`."""
    waits = to_come(user)
    if waits is None and user.confirmed_at:
        return False
    ask(user, tenant=tenant, email=waits.email if waits else user.email)
    return True


def change(user: User, *, tenant: Tenant, email: str) -> None:
    """Ask for another address in the place of theirs, which stays until then. InvalidEmail, SameAddress. Whether
    somebody else has it, nobody learns here. As `ask`."""
    email = parse_email(email)
    if email == user.email:
        raise SameAddress(pointer="/email")
    ask(user, tenant=tenant, email=email)


def to_come(user: User) -> AddressClaim | None:
    """The address that is to take the place of theirs."""
    claims = AddressClaim.objects.filter(user=user, expires_at__gt=timezone.now())
    return claims.exclude(email=user.email).first()


def take_back(user: User) -> None:
    """Keep the address they have: a link to another is void."""
    AddressClaim.objects.filter(user=user).exclude(email=user.email).delete()


def open_by(token: str, *, tenant: Tenant) -> AddressClaim | None:
    """The claim that this link is of, if it still is good."""
    good = AddressClaim.objects.filter(tenant=tenant, expires_at__gt=timezone.now(), user__is_active=True)
    return good.select_related("user").filter(digest=digest_of(token)).first() if token else None


def confirm(claim: AddressClaim) -> bool:
    """The address is theirs from now on: once. Whether it took the place of another. ClaimOver, also where somebody
    else has it meanwhile. Inside a transaction."""
    deleted, _ = AddressClaim.objects.filter(user=claim.user_id, digest=claim.digest).delete()
    if not deleted:
        raise ClaimOver
    before = claim.user.email
    claim.user.email, claim.user.confirmed_at = claim.email, timezone.now()
    try:
        with transaction.atomic():
            claim.user.save(update_fields=["email", "confirmed_at"])
    except IntegrityError:
        raise ClaimOver from None
    return bool(claim.email != before)


def proved(user: User) -> None:
    """They have followed a link that only their mailbox got, whatever it was for."""
    User.objects.filter(pk=user.pk, confirmed_at=None).update(confirmed_at=timezone.now())
    AddressClaim.objects.filter(user=user, email=user.email).delete()


def forget_expired() -> int:
    """Delete what nobody confirmed in time. Returns how many."""
    deleted, _ = AddressClaim.objects.filter(expires_at__lte=timezone.now()).delete()
    return deleted
