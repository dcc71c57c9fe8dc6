"""Surveys: a draft that is edited, and what of it is published. Answers are always to something published."""

import re
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from billing.domain import Metric, counted
from cqrs.domain import KEEP, SUPPLIED, Command, Deltas, Entity, Json, Reads, Refused, Version
from surveys.domain.comparing import losing
from surveys.domain.form import FORM, RESPONSES, Form, form_code
from surveys.domain.lint import lint
from surveys.domain.questions import Content, Section, Settings
from surveys.domain.reading import read_sections, read_settings, written
from surveys.domain.values import InvalidForm

TITLE_MOST, DESCRIPTION_MOST = 200, 10_000
LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""Of a survey's code: none that looks like another."""


_CODE = re.compile(r"[A-Z][A-Z0-9-]{2,39}", re.ASCII)


class EmptyTitle(Refused):
    """A survey needs a title."""


class TitleTooLong(Refused):
    """This is longer than fits here."""


class InvalidSurveyCode(Refused):
    """A survey's code is 3 to 40 capital letters, digits and hyphens, the first a letter."""


class FormHasFaults(Refused):
    """This form cannot be published yet."""


class LosesAnswers(Refused):
    """Publishing this changes questions so that answers to them are not read any more. Confirm with the survey's
    title."""


class NotPublished(Refused):
    """This applies to a survey that has been published."""


class Status(StrEnum):
    """Whether a survey takes responses: never published, open, or closed."""

    DRAFT = "draft"
    OPEN = "open"
    CLOSED = "closed"


@dataclass(frozen=True)
class Survey:
    """A survey. Its own title, sections and settings are the draft; `number` is the published version that is answered
    now, 0 before there is one; `is_changed` says that the draft is another. `token` opens its public page."""

    code: str
    token: str
    title: str
    description: str = ""
    sections: tuple[Section, ...] = ()
    settings: Settings = field(default_factory=Settings)
    status: Status = Status.DRAFT
    number: int = 0
    is_changed: bool = True

    @property
    def content(self) -> Content:
        """The draft."""
        return Content(self.title, self.description, self.sections, self.settings)


@dataclass(frozen=True, slots=True)
class Drawn:
    """By chance, so that nobody guesses it: a new survey's code, and the token of its public page."""

    code: str
    token: str


@dataclass(frozen=True, slots=True)
class Before:
    """What is published now, and how many responses there are."""

    form: Form | None
    responses: int


def create(
    *,
    title: str = "",
    name: str = "",
    code: str = "",
    description: str = "",
    sections: tuple[Mapping[str, Json], ...] = (),
    items: tuple[Mapping[str, Json], ...] = (),
    settings: Mapping[str, Json] | None = None,
    drawn: Drawn = SUPPLIED,
) -> Survey:
    """A new draft. `name` is another word for the title, `items` another way to write the sections; the code is drawn
    where none is given."""
    _not_both(sections, items)
    if code and not _CODE.fullmatch(code):
        raise InvalidSurveyCode(pointer="/code")
    return _tidy(
        Survey(
            code or drawn.code,
            drawn.token,
            title or name,
            description,
            read_sections(sections, items),
            read_settings(settings or {}),
        )
    )


def edit(
    survey: Survey,
    *,
    title: str = KEEP,
    description: str = KEEP,
    sections: tuple[Mapping[str, Json], ...] = KEEP,
    items: tuple[Mapping[str, Json], ...] = KEEP,
    settings: Mapping[str, Json] = KEEP,
) -> Survey:
    """Change the draft; what is published stays as it is. Settings that are given replace all of them."""
    _not_both(() if sections is KEEP else sections, () if items is KEEP else items)
    found = survey if title is KEEP else replace(survey, title=title)
    found = found if description is KEEP else replace(found, description=description)
    found = found if settings is KEEP else replace(found, settings=read_settings(settings))
    if sections is not KEEP or items is not KEEP:
        given = () if sections is KEEP else sections
        found = replace(found, sections=read_sections(given, () if items is KEEP else items))
    found = _tidy(found)
    return found if found == survey else replace(found, is_changed=True)


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


def _tidy(survey: Survey) -> Survey:
    survey = replace(survey, title=survey.title.strip())
    if not survey.title:
        raise EmptyTitle(pointer="/title")
    for name, most in {"title": TITLE_MOST, "description": DESCRIPTION_MOST}.items():
        if len(getattr(survey, name)) > most:
            raise TitleTooLong(f"At most {most} characters fit here.", pointer=f"/{name}", limit=most)
    return survey


def kept(before: Survey | None, after: Survey | None) -> Deltas:
    """One that is not removed is one of the plan's surveys."""
    return counted(Metric.SURVEYS, (after is not None) - (before is not None))


def _not_both(sections: object, items: object) -> None:
    if sections and items:
        raise InvalidForm("Write sections or items, not both.", pointer="/items")


def _drawn(reads: Reads, survey: Survey | None, args: Mapping[str, Any]) -> Drawn:
    code = "".join(secrets.choice(LETTERS) for _ in range(8))
    return Drawn(f"SUR-{code}", secrets.token_urlsafe(16))


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
    loads={Drawn: _drawn, Before: _before},
    counts=kept,
    along=published,
    code=lambda survey: survey.code,
    name=lambda survey: survey.title,
)
