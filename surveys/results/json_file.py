"""Responses as JSON, one line each, so that a file of any length can be read as it comes."""

import json
from collections.abc import Iterator

from surveys.models import ResponseRow


def lines(rows: Iterator[ResponseRow]) -> Iterator[str]:
    """A list of `{"response", "version", "submitted_at", "answers", "unanswered"}`; what is in neither of the last two
    was not asked."""
    before = "[\n"
    for row in rows:
        told = {
            "response": row.id.replace("#", "~"),
            "version": row.number,
            "submitted_at": row.submitted_at.isoformat(),
            "answers": row.answers,
            "unanswered": row.unanswered,
        }
        yield before + json.dumps(told, ensure_ascii=False)
        before = ",\n"
    yield "\n]\n" if before == ",\n" else "[]\n"
