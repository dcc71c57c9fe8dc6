"""`/surveys/{code}/publish/`: what is different from the version before, what it does to the answers there are, and the
button."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from cqrs.domain import Refused, Version
from face.forms import number, refused_at, typed
from face.notices import said
from face.screens import show
from face.web import caught_up, log_of, signed_in, writer, wrote
from surveys.domain import FORM, SURVEY, Content, Question, Survey, form_code
from surveys.domain.comparing import losing
from surveys.domain.survey import publish
from surveys.queries import contents, responses_to
from surveys.results import what_if
from surveys.web.outline import findings


@dataclass(frozen=True, slots=True)
class Difference:
    """A question that is new, gone or changed, and in what."""

    question: Question
    kind: str
    fields: Sequence[str] = ()


@signed_in("surveys:write")
def publish_page(request: HttpRequest, code: str) -> HttpResponse:
    """The dialog, and the publication."""
    version, errors = log_of(request).get(SURVEY, SURVEY.sk_of(code)), dict[str, str]()
    if request.method == "POST":
        try:
            form = typed(request)
            stated = form.get("version", "")
            ref = SURVEY.ref(version.sk, version=number(stated) if stated else None)
            answer = writer(request).send(ref.ask(publish, confirm=form.get("confirm", "")))
        except Refused as refused:
            errors = refused_at(refused)
        else:
            said(request, answer)
            return wrote(request, redirect("survey", code), answer.version)
    return _shown(request, version, errors)


def _shown(request: HttpRequest, version: Version[Survey], errors: dict[str, str]) -> HttpResponse:
    survey, behind = version.state, not caught_up(request)
    last = _last(request, survey)
    rows = responses_to(survey.code)
    count = rows.count()
    effects = what_if(rows, contents(survey.code), survey.content, now=timezone.now()) if count else []
    context = {
        "version": version,
        "survey": survey,
        "behind": behind,
        "findings": findings(survey.content),
        "differences": differences(last, survey.content) if last else [],
        "is_first": last is None,
        "responses": count,
        "effects": [each for each in effects if each.is_announced],
        "must_confirm": bool(last and count and losing(last, survey.content)),
        "errors": errors,
    }
    return show(request, "surveys/publish.html", context, part="publish", status=422 if errors else 200)


def _last(request: HttpRequest, survey: Survey) -> Content | None:
    if not survey.number:
        return None
    return log_of(request).get(FORM, FORM.sk_of(form_code(survey.code, survey.number))).state.content


def differences(old: Content, new: Content) -> list[Difference]:
    """The questions in which two versions differ, in the new one's order, those that are gone last."""
    before, after = ({each.id: each for each in content.questions} for content in (old, new))
    found = [_difference(before.get(id), question) for id, question in after.items() if before.get(id) != question]
    return found + [Difference(question, "gone") for id, question in before.items() if id not in after]


def _difference(old: Question | None, new: Question) -> Difference:
    if old is None:
        return Difference(new, "new")
    fields = [name for name in Question.__dataclass_fields__ if getattr(old, name) != getattr(new, name)]
    return Difference(new, "changed", [name.replace("_", " ") for name in fields])
