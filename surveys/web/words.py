"""What the builder calls the fields of a question, and says about them."""

from collections.abc import Mapping

LABELS: Mapping[str, str] = {
    "text": "Question",
    "is_long": "Several lines",
    "not_pattern": "Must not match",
    "pattern": "Must match",
    "allow_multiple": "Several answers",
    "as_dropdown": "As a list to choose from",
    "shuffle_options": "In an order by chance",
    "min": "From",
    "max": "To",
    "above": "More than",
    "below": "Less than",
    "not_between": "Not between",
    "is_whole": "Whole numbers only",
    "min_date": "Not before",
    "max_date": "Not after",
    "include_time": "With the time",
    "include_year": "With the year",
    "is_duration": "How long, not when",
    "error": "Said of a wrong answer",
    "help": "Help",
    "min_length": "Characters at least",
    "max_length": "Characters at most",
    "min_choices": "Choices at least",
    "max_choices": "Choices at most",
    "visible_if": "Show only if",
    "required_if": "Required if",
    "skip_to": "Then go to",
}
"""What a field is called; any other by its own name."""

HINTS: Mapping[str, str] = {
    "options": "One a line: value = label. End a line with -> and an id to skip there, with + to ask for a text.",
    "labels": "One a line: 1 = Poor",
    "min_date": "2026-11-24, or today",
    "max_date": "2026-11-24, or today",
    "pattern": "A regular expression, without look-around",
    "not_between": "Two numbers: 3, 5",
    "skip_to": "The id of a section or question, or end; or JSON with conditions",
}
