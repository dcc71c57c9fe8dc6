"""How often one address may sign up: making tenants is for people, and so is finding out who has an account."""

import math
from datetime import timedelta

from django.conf import settings
from django.utils import timezone
from rest_framework.exceptions import Throttled

from tenants.models import SignUpTry

WITHIN = timedelta(hours=1)


class TooManySignUps(Throttled):
    """Throttled, and sure of the seconds to wait."""

    def __init__(self, *, wait: int) -> None:
        super().__init__(wait=wait)
        self.wait: int = wait


def count_try(address: str) -> None:
    """Count this try. TooManySignUps, with the seconds to wait, where there were settings.SIGN_UPS within the hour
    already; such a try does not count."""
    now = timezone.now()
    tries = SignUpTry.objects.filter(address=address, at__gt=now - WITHIN).order_by("-at")
    most = settings.SIGN_UPS
    if most and (nth := tries[most - 1 : most].values_list("at", flat=True).first()):
        raise TooManySignUps(wait=math.ceil((nth + WITHIN - now).total_seconds()))
    SignUpTry.objects.create(address=address)


def forget_tries() -> int:
    """Delete what does not count any more. Returns how many."""
    deleted, _ = SignUpTry.objects.filter(at__lt=timezone.now() - WITHIN).delete()
    return deleted
