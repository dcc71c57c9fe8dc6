"""`/s/{token}/`: where a survey is answered, without signing in where it is anonymous. Works without JavaScript: then
every question is shown, and the server drops the answers to those that the form's logic hides.
"""

import hashlib
import json
import re
import secrets
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from cqrs.answers import Once
from cqrs.domain import Actor, Json, Refused, Stale
from surveys.domain import ANONYMOUS, Form, Survey, check
from surveys.domain.response import InvalidAnswers
from surveys.domain.walk import has_logic
from surveys.domain.writing import written
from surveys.rates import counting
from surveys.submitting import submit
from surveys.web.fields import answers_of, page_of
from surveys.web.standing import asked, over, told

CHANGED = "This form was changed while you were filling it in. What you typed is kept: look through it, and send it."


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def form_page(request: HttpRequest, token: str) -> HttpResponse:
    """The form, what is wrong with what was typed, or thanks."""
    survey, form = asked(request, token)
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
    if refused := over(request, survey, form):
        return told(request, form, refused)
    return _shown(request, form)


def _sent(request: HttpRequest, survey: Survey, form: Form, *, actor: Actor) -> HttpResponse:
    answers = answers_of(form.content, request.POST)
    if "step" in request.POST:
        is_over = over(request, survey, form) is not None
        return JsonResponse({"over": True}) if is_over else _looked_at(form, request.POST["step"], answers)
    try:
        counting.count(request, survey.token)
        number = int(text) if (text := request.POST.get("version", ""))[:9].isdecimal() and len(text) <= 9 else 0
        _submitted(request, actor, answers, survey=survey.code, number=number)
    except counting.TooManyAnswers as refused:
        response = _shown(request, form, answers, problem=refused.detail, status=429)
        response["Retry-After"] = str(refused.wait)
        return response
    except Stale:
        return _shown(request, form, answers, problem=CHANGED, status=409)
    except InvalidAnswers as refused:
        faults: Any = refused.fields["errors"]
        errors = {_id(each["pointer"]): each["detail"] for each in faults}
        return _shown(request, form, answers, errors=errors, status=422)
    except Refused as refused:
        return told(request, form, refused)
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


def _seed(request: HttpRequest) -> int:
    """What decides the order of questions; the same one after a mistake."""
    text = request.POST.get("seed", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 9 else secrets.randbelow(10**9)


def _id(pointer: str) -> str:
    return pointer.removeprefix("/answers/").replace("~1", "/").replace("~0", "~")
