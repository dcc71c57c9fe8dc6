"""How often one may try to prove who one is. Tries count by account and address together, and by address alone with a
higher limit; never by account alone, or anybody could lock out anybody."""

import math
from collections.abc import Mapping
from datetime import timedelta
from hashlib import sha256

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from cqrs.domain import Refused
from tenants.clients import network_of
from tenants.models import SignInTry

WITHIN = timedelta(minutes=15)
PER_ACCOUNT = 10
PER_ADDRESS = 100
"""Failures within that time, at one address: of one account, and of all."""


class TooManyTries(Refused):
    """Too many tries from here. Wait a while, then try again."""

    def __init__(self, *, wait: int) -> None:
        """`wait` is in seconds."""
        super().__init__(wait=wait)
        self.wait = wait


def count(request: HttpRequest, account: str) -> None:
    """Count a try before it is looked at, so that many at once are counted too. TooManyTries; such a one does not count
    itself, or whoever goes on trying would never get in again."""
    mine = SignInTry.objects.create(account=_digest(account), address=network_of(request))
    recent = SignInTry.objects.filter(address=mine.address, at__gt=timezone.now() - WITHIN).order_by("-at")
    limits = (recent.filter(account=mine.account), PER_ACCOUNT), (recent, PER_ADDRESS)
    for tries, most in limits:
        if nth := tries[most : most + 1].first():
            mine.delete()
            raise TooManyTries(wait=max(1, math.ceil((nth.at + WITHIN - timezone.now()).total_seconds())))


def forgive(request: HttpRequest, account: str) -> None:
    """They are who they said: their failures here do not count any more."""
    SignInTry.objects.filter(account=_digest(account), address=network_of(request)).delete()


def told_to_wait(
    request: HttpRequest, template: str, shown: Mapping[str, object], refused: TooManyTries
) -> HttpResponse:
    """The page that was asked, with why it does nothing: 429, and Retry-After in seconds."""
    response = render(request, template, {**shown, "refused": refused}, status=429)
    response["Retry-After"] = str(refused.wait)
    return response


def forget_tries() -> int:
    """Delete what does not count any more. Returns how many."""
    deleted, _ = SignInTry.objects.filter(at__lt=timezone.now() - WITHIN).delete()
    return deleted


def _digest(account: str) -> str:
    return sha256(account.encode()).hexdigest()
