"""The survey that is measured, and rows of responses as a projection would have made them."""

from typing import Any

from django.core.management import call_command
from django.db import connection

from benchmarks.stage import Stage
from benchmarks.writer import writer_into
from surveys.domain import SURVEY
from surveys.domain.survey import publish

QUESTIONS: list[Any] = [
    {"id": "mood", "type": "rating", "text": "How was it?", "required": True},
    {"id": "nps", "type": "nps", "text": "Would you recommend us?"},
    {"id": "place", "type": "multiple_choice", "text": "Where?", "options": [{"value": each} for each in "abcd"]},
    {"id": "used", "type": "multiple_choice", "text": "What?", "allow_multiple": True,
     "options": [{"value": each} for each in "abc"]},
    {"id": "again", "type": "boolean", "text": "Again?"},
    {"id": "age", "type": "number", "text": "Your age?", "min": 0, "max": 130},
    {"id": "since", "type": "date", "text": "Since when?"},
    {"id": "why", "type": "text", "text": "Why?"},
]  # fmt: skip

ROWS = """
    INSERT INTO survey_response (id, pk, sk, tenant_code, code, name, version, is_deleted, created_at, created_by,
        updated_at, updated_by, survey, number, answers, unanswered, submitted_at, respondent)
    SELECT 'RESPONSE#' || %(tenant)s || '#RESPONSE#n' || n, 'RESPONSE#' || %(tenant)s, 'RESPONSE#n' || n, %(tenant)s,
        '', '', 1, false, at, 'anonymous', at, 'anonymous', %(survey)s, 1,
        jsonb_build_object('mood', 1 + n %% 5, 'nps', n %% 11, 'place', chr(97 + n %% 4),
            'used', jsonb_build_array('a', chr(98 + n %% 2)), 'again', n %% 3 = 0, 'age', 18 + n %% 60,
            'since', '2026-01-' || lpad((1 + n %% 28)::text, 2, '0'), 'why', 'Because of reason ' || n),
        ARRAY[]::text[], at, ''
    FROM (SELECT n, now() - n * interval '1 second' AS at FROM generate_series(%(from)s, %(to)s) AS n) AS made
"""


def survey_in(stage: Stage) -> str:
    """A new survey that is open; its code."""
    made = writer_into(stage).send(
        SURVEY.create(title="Many", sections=({"questions": QUESTIONS},), settings={"allow_anonymous": True})
    )
    writer_into(stage).send(SURVEY.ref(made.version.sk).ask(publish))
    call_command("drain", verbosity=0)
    return str(made.version.code)


def insert(stage: Stage, code: str, *, start: int, end: int) -> None:
    """Rows as a projection would make them; the log is none of what is measured here."""
    with connection.cursor() as cursor:
        cursor.execute(ROWS, {"tenant": stage.tenant, "survey": code, "from": start, "to": end})
        cursor.execute("ANALYZE survey_response")
