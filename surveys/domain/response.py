"""Responses: what somebody answered to one published version. Checked by it when it is given, and never changed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from billing.domain import Metric, counted
from cqrs.domain import SUPPLIED, Actor, Deltas, Entity, Json, Now, Reads, Refused, Removed, Stale
from surveys.domain.checking import check
from surveys.domain.form import FORM, RESPONSES, TAKEN, Form, form_code
from surveys.domain.survey import SURVEY, Status, Survey

ANONYMOUS = Actor("anonymous")
"""Who answers where nobody is to be known."""


class SurveyClosed(Refused):
    """This survey takes no responses now."""


class OtherVersion(Stale):
    """This was answered to a version that is not the one asked now."""


class InvalidAnswers(Refused):
    """Some of these answers are not taken."""


class NeedsPerson(Refused):
    """This survey takes one response of each person: answer it signed in."""


@dataclass(frozen=True)
class Response:
    """Answers by question id. `unanswered` were asked and left empty; any other question of the version was not asked.
    `respondent` is a member's id, or empty where nobody is to be known; `is_only` that they may not answer again."""

    survey: str
    number: int
    answers: Mapping[str, Json]
    unanswered: tuple[str, ...]
    submitted_at: datetime
    respondent: str = ""
    is_only: bool = False


@dataclass(frozen=True, slots=True)
class Questionnaire:
    """A survey, and the version of it that is answered now."""

    survey: Survey
    form: Form


def submit(
    *,
    survey: str,
    answers: Mapping[str, Json],
    number: int,
    by: Actor = SUPPLIED,
    at: Now = SUPPLIED,
    asked: Questionnaire = SUPPLIED,
) -> Response:
    """Answers to version `number`, which is asked now. Those to hidden questions are dropped."""
    settings = asked.form.settings
    if asked.survey.status is not Status.OPEN or (settings.closes_at and at >= settings.closes_at):
        raise SurveyClosed
    if number != asked.form.number:
        raise OtherVersion(pointer="/version", current=asked.form.number)
    found = check(asked.form.content, answers, now=at)
    if found.faults:
        errors = [{"pointer": pointer_to(e.question), "code": e.code, "detail": e.detail} for e in found.faults]
        raise InvalidAnswers(errors=errors)
    respondent = "" if settings.allow_anonymous or not by.id.startswith("user:") else by.id
    if settings.one_per_person and not respondent:
        raise NeedsPerson
    return Response(survey, number, found.answers, found.unanswered, at, respondent, settings.one_per_person)


def pointer_to(question: str) -> str:
    """A pointer to the answer to a question (RFC 6901)."""
    return f"/answers/{question.replace('~', '~0').replace('/', '~1')}"


def taken(before: Response | None, after: Response | None) -> Deltas:
    """A response counts once; and it is one of the plan's responses of that month."""
    [survey] = {each.survey for each in (before, after) if each}
    given = counted(Metric.RESPONSES, 1, at=after.submitted_at) if before is None and after else {}
    return {RESPONSES.at(survey, TAKEN): (after is not None) - (before is not None), **given}


def response_code(response: Response) -> str:
    """One of each person is one by its code; others have none."""
    return f"{response.survey}.{response.respondent}" if response.is_only else ""


def questionnaire(reads: Reads, response: Response | None, args: Mapping[str, Any]) -> Questionnaire:
    """The survey that is answered. NotFound, Removed, SurveyClosed."""
    found = reads.get(SURVEY, SURVEY.sk_of(args["survey"]))
    if found.is_deleted:
        raise Removed
    if not found.state.number:
        raise SurveyClosed
    code = form_code(found.state.code, found.state.number)
    return Questionnaire(found.state, reads.get(FORM, FORM.sk_of(code)).state)


RESPONSE = Entity(
    "RESPONSE",
    Response,
    create=submit,
    created="submitted",
    change={},
    loads={Questionnaire: questionnaire},
    counts=taken,
    code=response_code,
    name=lambda response: "",
    personal={"answers": lambda response: response.respondent},
)
