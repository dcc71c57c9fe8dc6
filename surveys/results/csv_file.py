"""Responses as CSV, whose cells no spreadsheet takes for a formula."""

import csv
from collections.abc import Iterator, Mapping, Sequence

from cqrs.domain import Json
from surveys.domain import Question
from surveys.models import ResponseRow

RISKY = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%")
"""What a cell that a spreadsheet computes may begin with (OWASP, CSV injection)."""


class _Echo:
    """A file that hands each line on."""

    def write(self, line: str) -> str:
        return line


def lines(rows: Iterator[ResponseRow], questions: Sequence[Question]) -> Iterator[str]:
    """A header, and a line for each response; an answer that was not asked for is empty, one left empty a dash."""
    writer = csv.writer(_Echo())
    yield writer.writerow(["response", "version", "submitted_at", *(cell(each.text or each.id) for each in questions)])
    for row in rows:
        answers = [_told(row, each) for each in questions]
        yield writer.writerow([cell(row.id.replace("#", "~")), row.number, row.submitted_at.isoformat(), *answers])


def cell(text: str) -> str:
    """A text as a spreadsheet shows it: nothing in it is computed."""
    return f"'{text}" if text.startswith(RISKY) else text


def _told(row: ResponseRow, question: Question) -> str | int | float:
    if question.id not in row.answers:
        return "–" if question.id in row.unanswered else ""
    return _cell(row.answers[question.id])


def _cell(answer: Json) -> str | int | float:
    if isinstance(answer, int | float) and not isinstance(answer, bool):
        return answer
    return cell("; ".join(map(_text, answer)) if isinstance(answer, list) else _text(answer))


def _text(answer: Json) -> str:
    if isinstance(answer, Mapping):
        return f"{answer.get('value')}: {answer.get('text')}"
    return {True: "yes", False: "no"}[answer] if isinstance(answer, bool) else str(answer)
