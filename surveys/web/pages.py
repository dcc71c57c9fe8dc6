"""The pages of surveys in a workspace: the list, one with its versions, its results, a response; the builder and the
dialog that publishes have files of their own."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils import timezone

from cqrs.domain import Command, Refused
from cqrs.projections import projection_of
from face.forms import asked, refused_at, typed
from face.histories import moments
from face.ids import sk_of
from face.lists import listed
from face.notices import said, said_why
from face.refusals import InvalidParameter
from face.screens import show
from face.web import caught_up, log_of, signed_in, writer, wrote
from surveys.domain import FORM, RESPONSE, SURVEY, form_code
from surveys.queries import SURVEYS, contents, filtered, forms
from surveys.results import figures, latest, one_by_one, running_tally, tally
from surveys.web.builder import build
from surveys.web.publishing import publish_page

RULES = ("close", "reopen", "remove")
"""Asked by a button; publishing is asked on a page of its own."""

SAMPLES = 5
"""The newest texts that are shown of a question for one."""


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
        return surveys_page(request, status=422, errors=refused_at(refused), typed=form)
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
        "responses": filtered(code, request.GET.__class__()).count(),
        "address": request.build_absolute_uri(reverse("public-form", args=[version.state.token])),
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


@signed_in("responses:read")
def results_page(request: HttpRequest, code: str) -> HttpResponse:
    """What was answered, question by question, over all versions or by one."""
    survey = log_of(request).get(SURVEY, SURVEY.sk_of(code)).state
    behind, versions = not caught_up(request), contents(code)
    context: dict[str, Any] = {"survey": survey, "behind": behind, "versions": sorted(versions, reverse=True)}
    given = request.GET.copy()
    for name in [name for name, value in given.items() if not value]:
        del given[name]
    try:
        rows = filtered(code, given)
        apart = one_by_one(versions)
        counted = tally(rows, one_by_one=apart) if given else running_tally(code, one_by_one=apart)
    except InvalidParameter as refused:
        context["problem"] = " ".join(refused_at(refused).values())
        return show(request, "surveys/results.html", context, part="results", status=400)
    found = figures(versions, counted, now=timezone.now())
    context["total"] = sum(counted.responses.values())
    texts = latest(rows, [each.question.id for each in found if each.answered and not each.bars])
    context["figures"] = [(each, [(_name(sk), text) for sk, text in texts.get(each.question.id, ())]) for each in found]
    context["newest"] = [(row, _name(row.sk)) for row in rows.order_by("-submitted_at", "-id")[:SAMPLES]]
    return show(request, "surveys/results.html", context, part="results")


@signed_in("responses:read")
def response_page(request: HttpRequest, code: str, id: str) -> HttpResponse:
    """One response, in the version it answered."""
    log = log_of(request)
    version = log.get(RESPONSE, sk_of(log, RESPONSE, id))
    if version.state.survey != code or version.is_deleted:
        raise Http404
    form = log.get(FORM, FORM.sk_of(form_code(code, version.state.number))).state
    answers = [(each, version.state.answers.get(each.id)) for each in form.content.questions]
    told = [(question, answer, question.id in version.state.unanswered) for question, answer in answers]
    row = projection_of(RESPONSE.type).shown(version)
    context = {"survey": code, "form": form, "response": row, "answers": told, "version": version}
    return show(request, "surveys/response.html", context, part="response")


def _name(sk: str) -> str:
    """What a response's address calls it."""
    return sk.rpartition("#")[2]


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
