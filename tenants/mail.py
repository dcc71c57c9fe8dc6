"""The mails to people. Those that invite are sent by a worker once the invitation is committed, and tried again until a
server takes them. A server that is away loses nothing: the invitation stays `unsent`. So do those that ask for an
address to be confirmed (tenants/confirmation/mail.py), or for another password."""

from collections.abc import Mapping
from datetime import timedelta
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth.tokens import default_token_generator
from django.core.mail import EmailMultiAlternatives
from django.db.models import F, Model, Q, QuerySet
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlsafe_base64_encode

from tenants.addresses import address_of
from tenants.models import Invitation, ResetRequest, Tenant, User
from tenants.tokens import new_token

AGAIN = timedelta(minutes=1)
"""Until a mail that could not be sent is tried again; no try takes as long."""

ORDER = (F("tried_at").asc(nulls_first=True), "expires_at")
"""Those that were never tried come first, so that what no server takes keeps nobody waiting."""


def due[M: Model](rows: QuerySet[M]) -> QuerySet[M]:
    """Those of which a mail is to be sent now: not sent, still of use, and not tried a moment ago."""
    now = timezone.now()
    return rows.filter(Q(tried_at=None) | Q(tried_at__lt=now - AGAIN), sent_at=None, expires_at__gt=now)


def unsent() -> list[str]:
    """The invitations whose mails are to be sent now."""
    return list(_due().order_by(*ORDER).values_list("id", flat=True))


def send(id: str) -> bool:
    """Send one invitation's mail with a new link, which makes an older one void. False where there is nothing to send,
    or another worker is at it. What the mail server answers is raised; the next try is a minute later."""
    token, digest = new_token()
    claimed = _due().filter(id=id).update(digest=digest, tried_at=timezone.now())
    if not claimed:
        return False
    invitation = Invitation.objects.select_related("tenant").get(id=id)
    _mail(invitation, token).send()
    Invitation.objects.filter(id=id, digest=digest).update(sent_at=timezone.now())
    return True


def unsent_resets() -> list[int]:
    """The people whose links for another password are to be sent now."""
    return list(due(ResetRequest.objects.all()).order_by(*ORDER).values_list("user", flat=True))


def send_reset(user: int) -> bool:
    """Send somebody who asked for it the link that sets another password, on the host where they asked. False where
    there is nothing to send, or another worker is at it. What the mail server answers is raised; the next try is a
    minute later."""
    mine = ResetRequest.objects.filter(user=user)
    if not due(mine).update(tried_at=timezone.now()):
        return False
    request = mine.select_related("user", "tenant").get()
    _reset(request.user, request.tenant).send()
    mine.update(sent_at=timezone.now())
    return True


def _reset(person: User, home: Tenant) -> EmailMultiAlternatives:
    told = {"person": person, "tenant": home, "link": reset_link(person, home=home)}
    return written("reset", told, subject="A new password for Tenfold", to=person.email)


def reset_link(person: User, *, home: Tenant) -> str:
    """Where that person sets another password on that tenant's host, for PASSWORD_RESET_TIMEOUT seconds or until they
    have, or have signed in."""
    given = {"who": urlsafe_base64_encode(str(person.pk).encode()), "token": default_token_generator.make_token(person)}
    return f"{address_of(home)}{reverse('reset', urlconf=settings.ROOT_URLCONF)}?{urlencode(given)}"


def written(name: str, told: Mapping[str, object], *, subject: str, to: str) -> EmailMultiAlternatives:
    """A mail of two templates: plain, and HTML."""
    mail = EmailMultiAlternatives(subject, render_to_string(f"mail/{name}.txt", told), to=[to])
    mail.attach_alternative(render_to_string(f"mail/{name}.html", told), "text/html")
    return mail


def _due() -> QuerySet[Invitation]:
    return due(Invitation.objects.filter(accepted_at=None, revoked_at=None))


def _mail(invitation: Invitation, token: str) -> EmailMultiAlternatives:
    tenant = invitation.tenant
    link = f"{address_of(tenant)}{reverse('join', urlconf=settings.ROOT_URLCONF)}?{urlencode({'token': token})}"
    told = {"tenant": tenant, "role": invitation.role, "link": link, "until": invitation.expires_at}
    subject = " ".join(f"Join {tenant.name} on Tenfold".split())
    return written("invitation", told, subject=subject, to=invitation.email)
