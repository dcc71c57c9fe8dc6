"""`/s/{token}/`: where a survey is answered, without signing in where it is anonymous. Works without JavaScript: then
every question is shown, and the server drops the answers to those that the form's logic hides.

A little past the usual length: what is shown again after a fault is made where it was first shown.
"""

import hashlib
import json
import re
import secrets
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from cqrs.answers import Once
from cqrs.domain import Actor, Json, NotFound, QuotaExceeded, Refused, Stale, Unavailable
from cqrs.dynamodb.store import store
from cqrs.log import Log
from face.commands import give_back
from face.refusals import TenantHeld
from surveys.domain import ANONYMOUS, FORM, RESPONSES, SURVEY, Form, Status, Survey, check, form_code
from surveys.domain.form import TAKEN, SurveyFull
from surveys.domain.response import InvalidAnswers, SurveyClosed
from surveys.domain.walk import has_logic
from surveys.domain.writing import written
from surveys.queries import survey_with_token
from surveys.submitting import submit
from surveys.web import rates
from surveys.web.fields import answers_of, page_of

OVER: Mapping[type[Refused], int] = {Unavailable: 503, TenantHeld: 503, QuotaExceeded: 503}
"""The status of a page on which there is nothing to fill in for now; where it is for good, 410."""


CHANGED = "This form was changed while you were filling it in. What you typed is kept: look through it, and send it."


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def form_page(request: HttpRequest, token: str) -> HttpResponse:
    """The form, what is wrong with what was typed, or thanks."""
    survey, form = _asked(request, token)
    person = request.principal  # type: ignore[attr-defined]  # set by bind_session
    if form.settings.allow_anonymous:
        request.is_anonymous = True  # type: ignore[attr-defined]  # read by config.access
        person = None
    elif person is None:
        return redirect_to_login(request.get_full_path(), resolve_url(settings.LOGIN_URL))
    if request.method == "POST":
        return _sent(request, survey, form, actor=person.actor if person else ANONYMOUS)
    if "thanks" in request.GET:
        return render(request, "surveys/public/over.html", {"form": form, "thanks": True})
    if refused := _over(request, survey, form):
        return _told(request, form, refused)
    return _shown(request, form)


def _sent(request: HttpRequest, survey: Survey, form: Form, *, actor: Actor) -> HttpResponse:
    answers = answers_of(form.content, request.POST)
    if "step" in request.POST:
        return _looked_at(form, request.POST["step"], answers)
    try:
        rates.count(request, survey.token)
        number = int(text) if (text := request.POST.get("version", ""))[:9].isdecimal() and len(text) <= 9 else 0
        _submitted(request, actor, answers, survey=survey.code, number=number)
    except rates.TooManyAnswers as refused:
        response = _shown(request, form, answers, problem=refused.detail, status=429)
        response["Retry-After"] = str(rates.WITHIN)
        return response
    except Stale:
        return _shown(request, form, answers, problem=CHANGED, status=409)
    except InvalidAnswers as refused:
        faults: Any = refused.fields["errors"]
        errors = {_id(each["pointer"]): each["detail"] for each in faults}
        return _shown(request, form, answers, errors=errors, status=422)
    except Refused as refused:
        return _told(request, form, refused)
    return redirect(f"{request.path}?thanks")


def _looked_at(form: Form, section: str, answers: Mapping[str, Json]) -> HttpResponse:
    """What is wrong with the answers of one section, by question; nothing is kept."""
    here = {each.id for part in form.sections if part.id == section for each in part.questions}
    faults = check(form.content, answers, now=timezone.now()).faults
    return JsonResponse({"errors": {each.question: each.detail for each in faults if each.question in here}})


def _submitted(request: HttpRequest, actor: Actor, answers: Mapping[str, Json], *, survey: str, number: int) -> None:
    """Send it in; the same answers from the same page, pressed twice, are one response."""
    tenant: str = request.tenant.code  # type: ignore[attr-defined]  # set by the tenant middleware
    key, sent = request.POST.get("once", ""), json.dumps(answers, sort_keys=True).encode()
    page = f"{key} {hashlib.sha256(sent).hexdigest()}"
    is_known = re.fullmatch(r"[\w-]{22}", key, re.ASCII)
    once = Once(f"form:{hashlib.sha256(page.encode()).hexdigest()}", digest=survey) if is_known else None
    submit(request, actor, answers, tenant=tenant, survey=survey, number=number, source="form", once=once)


def _shown(
    request: HttpRequest,
    form: Form,
    answers: Mapping[str, Json] | None = None,
    *,
    errors: Mapping[str, str] | None = None,
    problem: str = "",
    status: int = 200,
) -> HttpResponse:
    content, typed = form.content, answers or {}
    seed = _seed(request)
    context = {
        "form": form,
        "parts": page_of(content, typed, errors or {}, seed=seed),
        "seed": seed,
        "once": request.POST.get("once") or secrets.token_urlsafe(16),
        "errors": {each.id: (each, errors[each.id]) for each in content.questions if errors and each.id in errors},
        "problem": problem,
        "first_bad": next((each.id for each in content.questions if errors and each.id in errors), ""),
        "is_stepwise": form.settings.stepwise and len(content.sections) > 1,
        "answered": len(typed),
        "questions": sum(1 for _ in content.questions),
        "logic": [written(each) for each in content.sections] if has_logic(content) else None,
    }
    return render(request, "surveys/public/form.html", context, status=status)


def _asked(request: HttpRequest, token: str) -> tuple[Survey, Form]:
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


def _over(request: HttpRequest, survey: Survey, form: Form) -> Refused | None:
    closes_at, most = form.settings.closes_at, form.settings.max_responses
    if survey.status is not Status.OPEN or (closes_at and timezone.now() >= closes_at):
        return SurveyClosed()
    if most is not None and _log(request).counter(RESPONSES, survey.code).get(TAKEN, 0) >= most:
        return SurveyFull()
    return None


def _told(request: HttpRequest, form: Form, refused: Refused) -> HttpResponse:
    """Why nothing can be sent. What the workspace's plan allows is none of the concern of whoever answers."""
    status = next((status for kind, status in OVER.items() if isinstance(refused, kind)), 410)
    shown = SurveyClosed() if isinstance(refused, QuotaExceeded) else refused
    return render(request, "surveys/public/over.html", {"form": form, "refused": shown}, status=status)


def _log(request: HttpRequest) -> Log:
    give_back()
    return Log(store(), request.tenant.code)  # type: ignore[attr-defined]  # set by the tenant middleware


def _seed(request: HttpRequest) -> int:
    """What decides the order of questions; the same one after a mistake."""
    text = request.POST.get("seed", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 9 else secrets.randbelow(10**9)


def _id(pointer: str) -> str:
    return pointer.removeprefix("/answers/").replace("~1", "/").replace("~0", "~")
