"""`/surveys/{code}/build/`: the draft, edited. Each deed is a command, so that the draft is saved as it is made."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode

from cqrs.domain import Conflict, Refused, Version
from face.forms import number, refused_at, status_of, typed
from face.notices import said_why
from face.screens import show
from face.web import log_of, signed_in, writer, wrote
from surveys.domain import SURVEY, Question, Section, Survey, Type
from surveys.domain.survey import edit
from surveys.domain.writing import written
from surveys.web.changes import changed
from surveys.web.conditions import OPS
from surveys.web.fields import page_of
from surveys.web.outline import chosen, earlier, findings, later, words_of
from surveys.web.properties import Control, controls_of, section_controls
from surveys.web.settings import settings_from

WHOLE = ("json",)
"""Deeds that replace the whole form, so they are decided on the version that was; any other is about one question or
the settings, and is done to whatever stands when it comes."""

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
    try:
        fields, at = _changes(request, version)
        ref = SURVEY.ref(version.sk, version=_decided_on(request) or version.version)
        answer = writer(request).send(ref.ask(edit, **fields))
    except Conflict as refused:
        said_why(request, refused)
        return redirect("survey-build", code)
    except Refused as refused:
        errors = {name.rpartition(".")[2]: detail for name, detail in refused_at(refused).items()}
        return _shown(request, version, at=at, errors=errors, problem=refused.detail, status=status_of(refused))
    address = reverse("survey-build", args=[code])
    if form.get("do") == "drop" and answer.changed:
        undo = f"{address}?{urlencode({'restore': version.version})}"
        messages.success(request, f"Removed “{words_of(version.state, form.get('at', ''))}”", extra_tags=undo)
    query = {name: value for name, value in {"at": at, "view": form.get("view", "")}.items() if value}
    return wrote(request, redirect(f"{address}?{urlencode(query)}" if query else address), answer.version)


def _changes(request: HttpRequest, version: Version[Survey]) -> tuple[dict[str, Any], str]:
    """What the deed changes, and the id of what is looked at then. InvalidForm, NotFound."""
    form, before = typed(request), request.GET.get("restore")
    if before:
        was = log_of(request).get(SURVEY, version.sk, version=number(before))
        return {"sections": tuple(written(each) for each in was.state.sections)}, ""
    if form.get("do") == "settings":
        return settings_from(form), ""
    sections, at = changed(version.state.sections, form)
    return {"sections": tuple(sections)}, at


def _decided_on(request: HttpRequest) -> int | None:
    """The version that has to stand still: what was removed comes back where nothing was done since."""
    if before := request.GET.get("restore"):
        return number(before) + 1
    stated = request.POST.get("version", "")
    return number(stated) if stated and request.POST.get("do") in WHOLE else None


def _shown(
    request: HttpRequest,
    version: Version[Survey],
    *,
    at: str,
    errors: dict[str, str] | None = None,
    problem: str = "",
    status: int = 200,
) -> HttpResponse:
    survey, found = version.state, chosen(version.state, at)
    before, targets = earlier(survey, found), [*later(survey, found)]
    view = request.GET.get("view") or request.POST.get("view") or "form"
    context: dict[str, Any] = {
        "version": version,
        "survey": survey,
        "at": at if found else "",
        "chosen": found,
        "is_section": isinstance(found, Section),
        "controls": _controls(found, before, request.POST if errors else {}, errors or {}),
        "types": list(Type),
        "ops": OPS.items(),
        "earlier": before,
        "targets": targets,
        "target_ids": [id for id, _ in targets],
        "view": view if view in VIEWS else "form",
        "findings": findings(survey.content),
        "errors": errors or {},
        "problem": problem,
    }
    if context["view"] == "preview":
        context["parts"] = page_of(survey.content, {}, {}, seed=0)
    if context["view"] == "json":
        context["json"] = json.dumps([written(each) for each in survey.sections], indent=2, ensure_ascii=False)
    return show(request, "surveys/build.html", context, part="builder", status=status)


def _controls(
    thing: Question | Section | None, before: Sequence[Question], sent: Mapping[str, str], errors: Mapping[str, str]
) -> list[Control]:
    """What can be set, as it stands; where something was refused, as it was typed."""
    if thing is None:
        return []
    found = section_controls(thing, before) if isinstance(thing, Section) else controls_of(thing, before)
    told = [replace(each, error=errors.get(each.name, "")) for each in found]
    return [replace(each, value=sent[each.name]) if each.name in sent and each.is_typed else each for each in told]
