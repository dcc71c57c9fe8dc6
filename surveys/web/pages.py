"""The pages of surveys in a workspace: the list, and one with its versions; the builder, the dialog that publishes and
what was answered have files of their own."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils import timezone

from cqrs.domain import Command, Refused
from face.forms import asked, refused_at, status_of, typed
from face.histories import moments
from face.lists import listed
from face.notices import said, said_why
from face.refusals import InvalidParameter
from face.screens import show
from face.web import caught_up, log_of, signed_in, writer, wrote
from surveys.allowance import is_used_up
from surveys.domain import SURVEY
from surveys.queries import SURVEYS, forms, responses_to
from surveys.web.builder import build
from surveys.web.outcomes import response_page, results_page
from surveys.web.publishing import publish_page

RULES = ("close", "reopen", "remove")
"""Asked by a button; publishing is asked on a page of its own."""


@signed_in("surveys:read")
def surveys_page(request: HttpRequest, /, *, status: int = 200, **context: Any) -> HttpResponse:
    """The surveys, filtered, a page at a time."""
    context["behind"] = not caught_up(request)
    try:
        context["page"] = listed(request, SURVEYS)
    except InvalidParameter as refused:
        context["problem"], status = " ".join(refused_at(refused).values()), 400
    return show(request, "surveys/list.html", context, part="rows", status=status)


@signed_in("surveys:write")
def new(request: HttpRequest) -> HttpResponse:
    """A new one, from the form on the list, then on to the builder."""
    if request.method != "POST":
        return redirect("surveys")
    form = typed(request)
    try:
        answer = writer(request).send(SURVEY.create(title=form.get("title", "")))
    except Refused as refused:
        return surveys_page(request, status=status_of(refused), errors=refused_at(refused), typed=form)
    return wrote(request, redirect("survey-build", answer.version.code), answer.version)


@signed_in("surveys:read")
def survey_page(request: HttpRequest, code: str) -> HttpResponse:
    """One: how it stands, its public address, its versions, its history."""
    log, sk = log_of(request), SURVEY.sk_of(code)
    version = log.get(SURVEY, sk)
    behind = not caught_up(request)
    context = {
        "version": version,
        "survey": version.state,
        "behind": behind,
        "is_removed": version.is_deleted,
        "forms": list(forms(code)),
        "responses": responses_to(code).count(),
        "is_used_up": is_used_up(log, now=timezone.now()),
        "public_address": request.build_absolute_uri(reverse("public-form", args=[version.state.token])),
        "moments": moments(log, SURVEY, sk, until=version.version)[:20],
    }
    return show(request, "surveys/detail.html", context, part="survey")


@signed_in("surveys:write")
def ask(request: HttpRequest, code: str, rule: str) -> HttpResponse:
    """Close, reopen, remove: do it, say so, go back."""
    if rule not in RULES:
        raise Http404
    onward = redirect("surveys") if rule == "remove" else redirect("survey", code)
    if request.method != "POST":
        return onward
    try:
        command: Command[Any] = asked(request, SURVEY, SURVEY.rule(rule), sk=SURVEY.sk_of(code))
        answer = writer(request).send(command)
    except Refused as refused:
        said_why(request, refused)
        return redirect("survey", code)
    said(request, answer)
    return wrote(request, onward, answer.version)


urlpatterns = [
    path("", surveys_page, name="surveys"),
    path("new/", new, name="survey-create"),
    path("<str:code>/", survey_page, name="survey"),
    path("<str:code>/build/", build, name="survey-build"),
    path("<str:code>/publish/", publish_page, name="survey-publish"),
    path("<str:code>/results/", results_page, name="survey-results"),
    path("<str:code>/responses/<str:id>/", response_page, name="survey-response"),
    path("<str:code>/<str:rule>/", ask, name="survey-rule"),
]
