"""What was answered, as pages: the results of a survey, narrowed by what they show, and a single response."""

from collections.abc import Mapping
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.utils import timezone

from cqrs.projections import projection_of
from face.forms import refused_at
from face.ids import sk_of
from face.refusals import InvalidParameter
from face.screens import show
from face.web import caught_up, log_of, signed_in
from surveys.allowance import is_used_up
from surveys.domain import FORM, RESPONSE, SURVEY, Content, form_code
from surveys.queries import contents
from surveys.results import Condition, Figure, figures, latest, narrowed, one_by_one, running_tally, tally
from surveys.results.narrowing import ANSWER, NOT_ASKED, UNANSWERED, is_answer

SAMPLES = 5
"""The newest responses that are listed."""


@signed_in("responses:read")
def results_page(request: HttpRequest, code: str) -> HttpResponse:
    """What was answered, question by question, over all versions or by one."""
    log = log_of(request)
    survey, behind, versions = log.get(SURVEY, SURVEY.sk_of(code)).state, not caught_up(request), contents(code)
    context: dict[str, Any] = {"survey": survey, "behind": behind, "versions": sorted(versions, reverse=True)}
    context["is_used_up"] = is_used_up(log, now=timezone.now())
    given = _without_blanks(request.GET)
    try:
        rows, conditions = narrowed(code, given, versions)
        apart = one_by_one(versions)
        counted = tally(rows, one_by_one=apart) if given else running_tally(code, one_by_one=apart)
    except InvalidParameter as refused:
        context["problem"] = " ".join(refused_at(refused).values())
        return show(request, "surveys/results.html", context, part="results", status=400)
    found = figures(versions, counted, now=timezone.now())
    context["conditions"] = [(each, _without(given, each)) for each in conditions]
    context["query"] = given.urlencode()
    context["total"] = sum(counted.responses.values())
    texts = latest(rows, [each.question.id for each in found if each.answered and not each.bars])
    context["figures"] = [
        (each, [(_name(sk), text) for sk, text in texts.get(each.question.id, ())], _links(given, each, versions))
        for each in found
    ]
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


def _without_blanks(given: QueryDict) -> QueryDict:
    """The fields of a form that say something."""
    found = given.copy()
    for name, values in given.lists():
        found.setlist(name, [value for value in values if value])
    for name in [name for name, values in found.lists() if not values]:
        del found[name]
    return found


def _links(given: QueryDict, figure: Figure, versions: Mapping[int, Content]) -> Mapping[str, Any]:
    """Where each answer that was counted leads to the responses that gave it, and so each way to give none."""
    id = figure.question.id
    values = [_text(bar.value) for bar in figure.bars]
    known = [_address(given, (f"{ANSWER}{id}", each)) if is_answer(id, each, versions) else "" for each in values]
    bars = list(zip(figure.bars, known, strict=True))
    return {"bars": bars} | {name: _address(given, (name, id)) for name in (UNANSWERED, NOT_ASKED)}


def _address(given: QueryDict, more: tuple[str, str]) -> str:
    """The query of this page with one more parameter."""
    found, (name, value) = given.copy(), more
    if value not in found.getlist(name):
        found.appendlist(name, value)
    return f"?{found.urlencode()}"


def _without(given: QueryDict, one: Condition) -> str:
    """The query of this page without one of its conditions."""
    found = given.copy()
    found.setlist(one.name, [each for each in given.getlist(one.name) if each != one.value])
    return f"?{found.urlencode()}"


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _name(sk: str) -> str:
    """What a response's address calls it."""
    return sk.rpartition("#")[2]
