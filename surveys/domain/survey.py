"""Surveys: a draft that is edited, and what of it is published. Answers are always to something published."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from billing.domain import Metric, counted
from cqrs.domain import SUPPLIED, Command, Deltas, Entity, Reads, Refused, Version
from surveys.domain.comparing import losing
from surveys.domain.draft import Drawn, Status, Survey, create, drawn, edit
from surveys.domain.form import FORM, RESPONSES, Form, form_code
from surveys.domain.lint import lint
from surveys.domain.writing import written

__all__ = ["SURVEY", "Before", "Status", "Survey", "close", "create", "edit", "publish", "remove", "reopen"]


class FormHasFaults(Refused):
    """This form cannot be published yet."""


class LosesAnswers(Refused):
    """Some answers would not be read any more: confirm with the survey's title."""


class NotPublished(Refused):
    """This applies to a survey that has been published."""


@dataclass(frozen=True, slots=True)
class Before:
    """What is published now, and how many responses there are."""

    form: Form | None
    responses: int


def publish(survey: Survey, *, confirm: str = "", before: Before = SUPPLIED) -> Survey:
    """The draft becomes the next published version, unless it is as the last one. `confirm` is the title, where
    answers are not read any more after it."""
    if before.form is not None and before.form.content == survey.content:
        return replace(survey, is_changed=False)
    if findings := lint(survey.content):
        errors = [{"pointer": each.pointer, "code": each.code, "detail": each.detail} for each in findings]
        raise FormHasFaults(errors=errors)
    lost = losing(before.form.content, survey.content) if before.form and before.responses else ()
    if lost and confirm != survey.title:
        raise LosesAnswers(pointer="/confirm", questions=list(lost), responses=before.responses)
    status = Status.OPEN if survey.status is Status.DRAFT else survey.status
    return replace(survey, number=survey.number + 1, status=status, is_changed=False)


def close(survey: Survey) -> Survey:
    """It takes no responses until it is reopened."""
    return _becomes(survey, Status.CLOSED)


def reopen(survey: Survey) -> Survey:
    """It takes responses again, as far as its settings allow."""
    return _becomes(survey, Status.OPEN)


def remove(survey: Survey) -> Survey:
    """Out of the lists, for good; its responses stay as they are."""
    return survey


def published(before: Version[Survey] | None, after: Version[Survey]) -> Iterator[Command[Form]]:
    """What comes along with a publication: the version itself, which nothing changes any more."""
    if after.state.number > (before.state.number if before else 0):
        content, survey = after.state.content, after.state
        yield FORM.create(
            survey=survey.code,
            number=survey.number,
            title=content.title,
            description=content.description,
            sections=tuple(written(each) for each in content.sections),
            settings=written(content.settings),
        )


def _becomes(survey: Survey, status: Status) -> Survey:
    if survey.status is Status.DRAFT:
        raise NotPublished
    return replace(survey, status=status)


def kept(before: Survey | None, after: Survey | None) -> Deltas:
    """One that is not removed is one of the plan's surveys."""
    return counted(Metric.SURVEYS, (after is not None) - (before is not None))


def _before(reads: Reads, survey: Survey, args: Mapping[str, Any]) -> Before:
    if not survey.number:
        return Before(None, 0)
    form = reads.get(FORM, FORM.sk_of(form_code(survey.code, survey.number))).state
    return Before(form, reads.counter(RESPONSES, survey.code).get("taken", 0))


SURVEY = Entity(
    "SURVEY",
    Survey,
    create=create,
    change={"edited": edit, "published": publish, "closed": close, "reopened": reopen},
    remove=remove,
    loads={Drawn: drawn, Before: _before},
    counts=kept,
    along=published,
    code=lambda survey: survey.code,
    name=lambda survey: survey.title,
)
