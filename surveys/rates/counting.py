"""Counting: one statement for each response, so that all processes count as one.

An address is digested with the form's token under this installation's secret key, and cut to three bytes: each key is
that of 256 IPv4 addresses, so that not even whoever has the secret can tell whose it was. After a minute it is deleted.
"""

import math
from hashlib import sha256

from django.conf import settings
from django.db import connection
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import salted_hmac

from cqrs.domain import Refused
from surveys.rates.models import AnswerCount
from tenants.clients import network_of

WITHIN = 60
"""Seconds."""

_COUNT = """
    INSERT INTO public.survey_answer_count AS kept (key, count, until)
    VALUES (%(key)s, 1, now() + %(within)s * interval '1 second')
    ON CONFLICT (key) DO UPDATE SET
        count = CASE WHEN kept.until < now() THEN 1 ELSE kept.count + 1 END,
        until = CASE WHEN kept.until < now() THEN excluded.until ELSE kept.until END
    RETURNING count, extract(epoch FROM until - now())
"""


class TooManyAnswers(Refused):
    """Too many responses came from where you are. Wait a minute, then send yours again: nothing you typed is lost."""

    def __init__(self, *, wait: int) -> None:
        """`wait` is in seconds."""
        super().__init__(wait=wait)
        self.wait = wait


def count(request: HttpRequest, token: str) -> None:
    """Count a response that is about to be sent. TooManyAnswers."""
    if not settings.ANSWERS:
        return
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, {"key": _key(token, network_of(request)), "within": WITHIN})
        found, left = cursor.fetchone()
    if found > settings.ANSWERS:
        raise TooManyAnswers(wait=max(1, math.ceil(left)))


def forget_old() -> int:
    """Delete what does not count any more. Returns how many."""
    deleted, _ = AnswerCount.objects.filter(until__lt=timezone.now()).delete()
    return deleted


def _key(token: str, address: str) -> str:
    one_of_many = salted_hmac("surveys.rates", f"{token} {address}", algorithm="sha256").hexdigest()[:6]
    return f"{sha256(token.encode()).hexdigest()[:40]}:{one_of_many}"
