"""`/surveys/{code}/build/`: the draft, edited. Each deed is a command, so that the draft is saved as it is made."""

import json
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode

from cqrs.domain import Conflict, Refused, Version
from face.forms import number, refused_at, typed
from face.notices import said_why
from face.screens import show
from face.web import log_of, signed_in, writer, wrote
from surveys.domain import SURVEY, Question, Section, Survey, Type, lint
from surveys.domain.survey import edit
from surveys.domain.writing import written
from surveys.web.changes import changed
from surveys.web.conditions import OPS
from surveys.web.fields import page_of
from surveys.web.properties import controls_of, section_controls

WHOLE = ("settings", "json")
"""Deeds that replace all that is shown, so they are decided on the version that was; any other is about one question,
and is done to whatever stands when it comes."""

VIEWS = ("form", "preview", "json")
"""What of the draft is shown beside its properties."""


@signed_in("surveys:write")
def build(request: HttpRequest, code: str) -> HttpResponse:
    """The canvas with the palette, the properties of what is chosen, and what is wrong."""
    version = log_of(request).get(SURVEY, SURVEY.sk_of(code))
    if request.method == "POST":
        return _done(request, version)
    return _shown(request, version, at=request.GET.get("at", ""))


def _done(request: HttpRequest, version: Version[Survey]) -> HttpResponse:
    form, code, at = typed(request), version.code, request.POST.get("at", "")
    stated, is_whole = form.get("version", ""), form.get("do") in WHOLE
    ref = SURVEY.ref(version.sk, version=number(stated) if stated and is_whole else version.version)
    try:
        if form.get("do") == "settings":
            answer = writer(request).send(ref.ask(edit, **_settings(form)))
        else:
            sections, at = changed(version.state.sections, form)
            answer = writer(request).send(ref.ask(edit, sections=tuple(sections)))
    except Conflict as refused:
        said_why(request, refused)
        return redirect("survey-build", code)
    except Refused as refused:
        return _shown(request, version, at=at, errors=refused_at(refused), problem=refused.detail, status=422)
    address = reverse("survey-build", args=[code])
    query = {name: value for name, value in {"at": at, "view": form.get("view", "")}.items() if value}
    return wrote(request, redirect(f"{address}?{urlencode(query)}" if query else address), answer.version)


def _settings(form: Any) -> dict[str, Any]:
    flags = ("allow_anonymous", "show_progress_bar", "randomize_questions", "one_per_person")
    settings: dict[str, Any] = {name: name in form for name in flags}
    settings |= {"closes_at": form.get("closes_at") or None}
    most = form.get("max_responses", "").strip()
    settings["max_responses"] = int(most) if most.isascii() and most.isdigit() and len(most) < 10 else None
    return {"title": form.get("title", ""), "description": form.get("description", ""), "settings": settings}


def _shown(
    request: HttpRequest,
    version: Version[Survey],
    *,
    at: str,
    errors: dict[str, str] | None = None,
    problem: str = "",
    status: int = 200,
) -> HttpResponse:
    survey = version.state
    chosen = _chosen(survey, at)
    view = request.GET.get("view") or request.POST.get("view") or "form"
    context: dict[str, Any] = {
        "version": version,
        "survey": survey,
        "at": at if chosen else "",
        "chosen": chosen,
        "is_section": isinstance(chosen, Section),
        "controls": _controls(chosen),
        "types": list(Type),
        "ops": OPS.items(),
        "earlier": _earlier(survey, chosen),
        "view": view if view in VIEWS else "form",
        "findings": lint(survey.content),
        "errors": errors or {},
        "problem": problem,
    }
    if context["view"] == "preview":
        context["parts"] = page_of(survey.content, {}, {}, seed=0)
    if context["view"] == "json":
        context["json"] = json.dumps([written(each) for each in survey.sections], indent=2, ensure_ascii=False)
    return show(request, "surveys/build.html", context, part="builder", status=status)


def _chosen(survey: Survey, at: str) -> Question | Section | None:
    things: list[Question | Section] = [*survey.sections, *survey.content.questions]
    return next((each for each in things if each.id == at), None)


def _controls(chosen: Question | Section | None) -> Any:
    if chosen is None:
        return []
    return section_controls(chosen) if isinstance(chosen, Section) else controls_of(chosen)


def _earlier(survey: Survey, chosen: Question | Section | None) -> list[Question]:
    """The questions that are asked before what is chosen: conditions are about these."""
    found = list[Question]()
    for section in survey.sections:
        for each in (section, *section.questions):
            if each == chosen:
                return found
            found += [each] if isinstance(each, Question) else []
    return found
