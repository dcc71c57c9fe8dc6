"""The first member of staff, as `init` invites them: once, by a link that is shown once."""

from dataclasses import dataclass

from django.core.management.base import CommandError

from config.preparation import alone
from tenants.mail import reset_link
from tenants.models import User
from tenants.provisioning import create_public, invite_staff, staff_in_charge, staff_invited


@dataclass(slots=True)
class Invitation:
    """What came of it, in words; the link, where somebody was invited. It `is_open` while nobody is in charge, and
    nobody was invited just now."""

    words: str = ""
    link: str = ""
    is_open: bool = False


def is_asked_for() -> bool:
    """Whether nobody is in charge, nor invited."""
    return not staff_in_charge() and not staff_invited()


def invitation(email: str, *, anew: bool = False) -> Invitation:
    """Invite whoever has this address, unless somebody is in charge or has a link already; `anew` gives them another
    link. Of two at once, the second finds what the first has done. CommandError for nobody to give one to."""
    found = Invitation()

    def work() -> str:
        nonlocal found
        found = _renewed(email) if anew else _invited(email)
        return found.words

    alone(work)()
    return found


def _invited(email: str) -> Invitation:
    if there := staff_in_charge():
        return Invitation(f"{there.email} is there")
    waiting = staff_invited()
    if waiting and email.lower() in ("", waiting.email):
        return Invitation(
            f"{waiting.email} was given a link and has set no password yet; --new-link gives another", "", True
        )
    if not email:
        return Invitation("Nobody is staff yet: manage.py init --staff-email you@example.com", "", True)
    return _linked(invite_staff(email))


def _renewed(email: str) -> Invitation:
    staff = User.objects.filter(email=email.lower(), is_staff=True, is_superuser=True, is_active=True).first()
    found = staff if email else staff_invited()
    if found is None:
        raise CommandError(f"--new-link is for staff who may do everything: {email or 'nobody'} is none of them")
    if not found.has_usable_password():
        invite_staff(found.email)  # which makes the older link void
        found.refresh_from_db()
    return _linked(found)


def _linked(user: User) -> Invitation:
    return Invitation(user.email, reset_link(user, home=create_public()))
