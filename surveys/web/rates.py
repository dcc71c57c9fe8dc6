"""How often one address may send responses to one form. Remembered in memory only, under a digest that nobody can turn
back after the process ends: no address is stored anywhere."""

import secrets
from hashlib import blake2b

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest

from cqrs.domain import Refused

WITHIN = 60
"""Seconds."""

_SALT = secrets.token_bytes(16)


class TooManyAnswers(Refused):
    """Too many responses came from where you are. Wait a minute, then send yours again: nothing you typed is lost."""


def count(request: HttpRequest, token: str) -> None:
    """Count a response that is about to be sent. TooManyAnswers; each process counts what it gets itself."""
    if not settings.ANSWERS:
        return
    address = str(request.META.get("REMOTE_ADDR", ""))
    key = f"answers:{blake2b(f'{token} {address}'.encode(), key=_SALT, digest_size=16).hexdigest()}"
    if not cache.add(key, 1, WITHIN) and _next(key) > settings.ANSWERS:
        raise TooManyAnswers


def _next(key: str) -> int:
    """One more; 1 where the minute is over just now."""
    try:
        return int(cache.incr(key))
    except ValueError:
        cache.add(key, 1, WITHIN)
        return 1
