"""The mails about addresses: the link to the one that is to be confirmed; word to the one whose place it takes."""

from urllib.parse import urlencode

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.urls import reverse
from django.utils import timezone

from tenants.addresses import address_of
from tenants.mail import ORDER, due, written
from tenants.models import AddressClaim, User
from tenants.tokens import new_token


def unsent() -> list[int]:
    """The people whose links are to be sent now."""
    return list(due(AddressClaim.objects.all()).order_by(*ORDER).values_list("user", flat=True))


def send(user: int) -> bool:
    """Send somebody their link, which makes an older one void. False where there is nothing to send, or another worker
    is at it. What the mail server answers is raised; the next try is a minute later.

    The address they have is told after that, once: were it refused by its server, nobody could ever leave it."""
    token, digest = new_token()
    due(AddressClaim.objects.filter(user=user)).update(digest=digest, tried_at=timezone.now())
    claim = AddressClaim.objects.select_related("user", "tenant").filter(user=user, digest=digest).first()
    if claim is None:
        return False
    is_free = not User.objects.filter(email=claim.email).exclude(pk=user).exists()
    if is_free:
        _link(claim, token).send()
    AddressClaim.objects.filter(user=user, digest=digest).update(sent_at=timezone.now())
    if is_free and claim.email != claim.user.email:
        _word(claim).send()
    return True


def _link(claim: AddressClaim, token: str) -> EmailMultiAlternatives:
    path = reverse("confirm", urlconf=settings.ROOT_URLCONF)
    link = f"{address_of(claim.tenant)}{path}?{urlencode({'token': token})}"
    told = {"claim": claim, "link": link}
    return written("confirmation", told, subject="Confirm your address for Tenfold", to=claim.email)


def _word(claim: AddressClaim) -> EmailMultiAlternatives:
    subject = "Another address for your Tenfold account"
    return written("address_changing", {"claim": claim}, subject=subject, to=claim.user.email)
