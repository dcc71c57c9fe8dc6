"""The first member of staff, who makes all others: invited from the command line, by a link that whoever may type there
passes on."""

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db import transaction
from django.db.models import QuerySet

from face.kept import note
from tenants.models import PUBLIC, User


def staff_in_charge() -> User | None:
    """Somebody who can sign in to the staff admin and may do everything there, if there is anybody."""
    return _superusers().exclude(password__startswith=UNUSABLE_PASSWORD_PREFIX).first()


def staff_invited() -> User | None:
    """Somebody who only has to set a password for that."""
    return _superusers().filter(password__startswith=UNUSABLE_PASSWORD_PREFIX).first()


def invite_staff(email: str) -> User:
    """Have whoever has this address be in charge once they set a password by a link. What was typed before, perhaps
    wrongly, is withdrawn.

    Somebody who has an account already loses its password and sessions: nobody knows yet who made it."""
    with transaction.atomic():
        while waiting := staff_invited():
            waiting.is_staff = waiting.is_superuser = False
            waiting.set_unusable_password()  # another one than before, so that the link is void
            waiting.save()
        user = User.objects.filter(email=email.lower()).first() or User(email=email.lower())
        user.is_active = user.is_staff = user.is_superuser = True
        user.set_unusable_password()
        user.save()
        subject = f"user:{user.pk}"
        note(None, tenant=PUBLIC, by="system", action="staff.invited", subject=subject)
    return user


def _superusers() -> QuerySet[User]:
    return User.objects.filter(is_active=True, is_staff=True, is_superuser=True).order_by("pk")
