"""Sending a response in: whose name it carries, and that it carries none where nobody is to be known.

Whether a version is anonymous is read before the command is sent; the rule refuses another version than that one, so
what was read is what holds.
"""

from collections.abc import Mapping

from django.http import HttpRequest

from cqrs.answers import Answer
from cqrs.decide import Origin
from cqrs.domain import Actor, Json, NotFound, Refused
from cqrs.dynamodb.store import store
from cqrs.log import Log
from cqrs.steps import CodeTaken
from cqrs.tasks import ring
from cqrs.writer import Once, Writer
from face.commands import give_back
from face.standing import check_standing
from surveys.domain import ANONYMOUS, FORM, RESPONSE, Response, form_code


class AlreadyAnswered(Refused):
    """You have answered this survey already, and it takes one response of each person."""


def submit(
    request: HttpRequest,
    actor: Actor,
    answers: Mapping[str, Json],
    *,
    tenant: str,
    survey: str,
    number: int,
    source: str,
    once: Once | None = None,
) -> Answer[Response]:
    """The response, kept. What the rule `submit` refuses; AlreadyAnswered, TenantSuspended, TenantHeld.

    Of an anonymous version nothing of the request is kept, and the access log is told so.
    """
    check_standing(tenant)
    give_back()
    log = Log(store(), tenant)
    origin = _origin(request, actor, source)
    if is_anonymous(log, survey, number):
        request.is_anonymous = True  # type: ignore[attr-defined]  # read by config.access
        origin = Origin(ANONYMOUS, source=source)
    try:
        command = RESPONSE.create(survey=survey, answers=answers, number=number)
        return Writer(log, origin, ring=ring).send(command, once=once)
    except CodeTaken:
        raise AlreadyAnswered from None


def is_anonymous(log: Log, survey: str, number: int) -> bool:
    """Whether this version is answered anonymously; one that is not there is not."""
    try:
        return log.get(FORM, FORM.sk_of(form_code(survey, number))).state.settings.allow_anonymous
    except NotFound:
        return False


def _origin(request: HttpRequest, actor: Actor, source: str) -> Origin:
    request_id, ip = getattr(request, "request_id", ""), str(request.META.get("REMOTE_ADDR", ""))
    return Origin(actor, request_id=request_id, source=source, ip=ip)
