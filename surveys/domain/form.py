"""Published versions: what was asked, as it was asked. Nothing changes one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from cqrs.domain import Count, Counter, Entity, Json, Refused, Short
from surveys.domain.questions import Content, Section, Settings
from surveys.domain.reading import read_sections, read_settings


class SurveyFull(Refused):
    """This survey has as many responses as it takes."""


def _full(shorts: Sequence[Short]) -> Refused:
    return SurveyFull(limit=shorts[0].bound)


TAKEN, MOST = "taken", "most"
RESPONSES = Counter("RESPONSES", limits={TAKEN: MOST}, refusal=_full)
"""Per survey: how many responses it has, and takes at most."""


@dataclass(frozen=True)
class Form:
    """Version `number` of a survey."""

    survey: str
    number: int
    title: str
    description: str = ""
    sections: tuple[Section, ...] = ()
    settings: Settings = field(default_factory=Settings)

    @property
    def content(self) -> Content:
        """All that was published."""
        return Content(self.title, self.description, self.sections, self.settings)


def publish(
    *,
    survey: str,
    number: int,
    title: str,
    description: str = "",
    sections: tuple[Mapping[str, Json], ...] = (),
    settings: Mapping[str, Json],
) -> Form:
    """What a survey's draft was."""
    return Form(survey, number, title, description, read_sections(sections), read_settings(settings))


def form_code(survey: str, number: int) -> str:
    """`SUR-7KQ2M9XB.3`."""
    return f"{survey}.{number}"


def most(form: Form) -> Mapping[Count, int | None]:
    """How many responses its survey takes from now on."""
    return {RESPONSES.at(form.survey, MOST): form.settings.max_responses}


FORM = Entity(
    "FORM",
    Form,
    create=publish,
    created="published",
    change={},
    limits=most,
    code=lambda form: form_code(form.survey, form.number),
    name=lambda form: form.title,
)
