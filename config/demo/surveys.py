"""The demo's surveys: one that is answered, with logic, and one that is still a draft."""

from collections.abc import Iterator, Mapping
from typing import Any

from cqrs.answers import Once
from cqrs.decide import Origin
from cqrs.domain import Actor, Command
from cqrs.dynamodb.store import store
from cqrs.log import Log
from cqrs.tasks import ring
from cqrs.writer import Answer, Writer
from surveys.domain import ANONYMOUS, RESPONSE, SURVEY
from surveys.domain.survey import publish

PULSE: tuple[dict[str, Any], ...] = (
    {
        "id": "week",
        "title": "Your week",
        "questions": [
            {"id": "mood", "type": "rating", "text": "How was it?", "required": True,
             "labels": {"1": "Bad", "5": "Great"}},
            {"id": "why", "type": "text", "text": "What went wrong?", "is_long": True,
             "visible_if": {"op": "lt", "question": "mood", "value": 3}},
            {"id": "place", "type": "multiple_choice", "text": "Where did you work most?", "options": [
                {"value": "home", "label": "At home"}, {"value": "office", "label": "At the office"},
                {"value": "other", "label": "Elsewhere", "is_other": True}]},
        ],
    },
    {
        "id": "team",
        "title": "Your team",
        "questions": [
            {"id": "nps", "type": "nps", "text": "Would you recommend working here?",
             "labels": {"0": "Never", "10": "At once"}},
            {"id": "idea", "type": "text", "text": "One thing to change", "max_length": 200,
             "placeholder": "Fewer meetings…"},
        ],
    },
)  # fmt: skip
LUNCH: tuple[dict[str, Any], ...] = (
    {"id": "lunch", "title": "Lunch", "questions": [
        {"id": "days", "type": "multiple_choice", "text": "On which days do you come?", "allow_multiple": True,
         "required": True, "options": [{"value": each, "label": each} for each in ("Tuesday", "Thursday")]},
        {"id": "food", "type": "multiple_choice", "text": "What do you eat?", "as_dropdown": True,
         "options": [{"value": "all", "label": "Everything"}, {"value": "vegan", "label": "Vegan"}]}]},
)  # fmt: skip
WHYS = ("The label printer, again.", "Three meetings about one decision.")
IDEAS = ("", "A quiet hour after lunch", "", "Better chairs in hall 2", "")


def seed(tenant: str, *, by: Actor) -> int:
    """Make what was never made of a tenant's demo surveys; answers how many. Each command has a key of its own that
    never expires: sent again, it does nothing, whatever became of its survey since."""
    log = Log(store(), tenant)
    writer = Writer(log, Origin(by, source="seed_demo"), ring=ring)
    settings = {"allow_anonymous": True, "show_progress_bar": True}
    pulse = SURVEY.create(
        title="Team pulse", code="PULSE", description="Two minutes, every week.", sections=PULSE, settings=settings
    )
    lunch = SURVEY.create(title="Lunch at the office", code="LUNCH", sections=LUNCH)
    named = {"PULSE": pulse, "LUNCH": lunch}
    made = [_send(writer, command, f"survey:{name}").replayed is None for name, command in named.items()]
    _send(writer, SURVEY.ref(SURVEY.sk_of("PULSE")).ask(publish), "survey:PULSE:publish")
    nobody = Writer(log, Origin(ANONYMOUS, source="seed_demo"), ring=ring)
    for number, answers in enumerate(_answers(), 1):
        _send(nobody, RESPONSE.create(survey="PULSE", answers=answers, number=1), f"response:{number}")
    return sum(made)


def _answers() -> Iterator[Mapping[str, Any]]:
    """What a dozen people might say."""
    for number, mood in enumerate((5, 4, 4, 2, 5, 3, 4, 1, 5, 4, 3, 5)):
        answers: dict[str, Any] = {"mood": mood, "place": ("home", "office")[number % 2], "nps": 5 + mood}
        answers |= {"why": WHYS[number % 2]} if mood < 3 else {}
        idea = IDEAS[number % len(IDEAS)]
        yield answers | ({"idea": idea} if idea else {})


def _send[S](writer: Writer, command: Command[S], name: str) -> Answer[S]:
    return writer.send(command, once=Once(f"→seed_demo:{name}", digest="seed_demo", forever=True))
