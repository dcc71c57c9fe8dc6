"""Which survey a public page is of, and whether it can be answered now."""

from collections.abc import Mapping

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from cqrs.domain import NotFound, QuotaExceeded, Refused, Unavailable
from cqrs.dynamodb.store import store
from cqrs.log import Log
from face.commands import give_back
from face.refusals import TenantHeld
from surveys.allowance import is_used_up
from surveys.domain import FORM, RESPONSES, SURVEY, Form, Status, Survey, form_code
from surveys.domain.form import TAKEN, SurveyFull
from surveys.domain.response import SurveyClosed
from surveys.queries import survey_with_token


class NoRoom(Refused):
    """This survey takes no more answers for now. Nothing of yours was sent or kept; please come back later."""


OVER: Mapping[type[Refused], int] = {Unavailable: 503, TenantHeld: 503, QuotaExceeded: 503, NoRoom: 503}
"""The status of a page on which there is nothing to fill in for now; where it is for good, 410."""


def asked(request: HttpRequest, token: str) -> tuple[Survey, Form]:
    """The survey of this page, and the version that is asked now, from the log. Http404 alike for whatever is none."""
    row = survey_with_token(token)
    if row is None:
        raise Http404
    log = _log(request)
    try:
        version = log.get(SURVEY, row.sk)
        form = log.get(FORM, FORM.sk_of(form_code(version.state.code, version.state.number))).state
    except NotFound:
        raise Http404 from None
    if version.is_deleted:
        raise Http404
    return version.state, form


def over(request: HttpRequest, survey: Survey, form: Form) -> Refused | None:
    """Why nobody can answer now, if so: looked at before anybody fills it in; what is sent is decided by the rule."""
    closes_at, most = form.settings.closes_at, form.settings.max_responses
    if survey.status is not Status.OPEN or (closes_at and timezone.now() >= closes_at):
        return SurveyClosed()
    if most is not None and _log(request).counter(RESPONSES, survey.code).get(TAKEN, 0) >= most:
        return SurveyFull()
    return NoRoom() if is_used_up(_log(request), now=timezone.now()) else None


def told(request: HttpRequest, form: Form, refused: Refused) -> HttpResponse:
    """The page that says why nothing can be sent; what a workspace pays for is no concern of those who answer."""
    status = next((status for kind, status in OVER.items() if isinstance(refused, kind)), 410)
    shown = NoRoom() if isinstance(refused, QuotaExceeded) else refused
    return render(request, "surveys/public/over.html", {"form": form, "refused": shown}, status=status)


def _log(request: HttpRequest) -> Log:
    give_back()
    return Log(store(), request.tenant.code)  # type: ignore[attr-defined]  # set by the tenant middleware
