"""The draft of a survey: made and edited, in any spelling that is read."""

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from cqrs.domain import KEEP, SUPPLIED, Json, Reads, Refused
from surveys.domain.questions import Content, Section, Settings
from surveys.domain.reading import read_sections, read_settings
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


def drawn(reads: Reads, survey: Survey | None, args: Mapping[str, Any]) -> Drawn:
    """A code and a token that nobody has."""
    code = "".join(secrets.choice(LETTERS) for _ in range(8))
    return Drawn(f"SUR-{code}", secrets.token_urlsafe(16))


def _tidy(survey: Survey) -> Survey:
    survey = replace(survey, title=survey.title.strip())
    if not survey.title:
        raise EmptyTitle(pointer="/title")
    for name, most in {"title": TITLE_MOST, "description": DESCRIPTION_MOST}.items():
        if len(getattr(survey, name)) > most:
            raise TitleTooLong(f"At most {most} characters fit here.", pointer=f"/{name}", limit=most)
    return survey


def _not_both(sections: object, items: object) -> None:
    if sections and items:
        raise InvalidForm("Write sections or items, not both.", pointer="/items")
