"""What the builder calls the types and fields of questions, and says about them."""

from collections.abc import Mapping

from surveys.domain import Type

TYPES: Mapping[Type, str] = {
    Type.TEXT: "Text",
    Type.MULTIPLE_CHOICE: "Multiple choice",
    Type.LINEAR_SCALE: "Linear scale",
    Type.RATING: "Rating",
    Type.BOOLEAN: "Yes or no",
    Type.DATE: "Date",
    Type.TIME: "Time",
    Type.NUMBER: "Number",
    Type.EMAIL: "E-mail",
    Type.URL: "Web address",
    Type.NPS: "NPS",
    Type.CONSENT: "Consent",
}

ASKED: Mapping[Type, str] = {
    Type.TEXT: "Your answer?",
    Type.MULTIPLE_CHOICE: "Which one?",
    Type.LINEAR_SCALE: "Where on this scale?",
    Type.RATING: "How good was it?",
    Type.BOOLEAN: "Yes or no?",
    Type.DATE: "Which day?",
    Type.TIME: "What time?",
    Type.NUMBER: "How many?",
    Type.EMAIL: "Your e-mail address?",
    Type.URL: "Your web address?",
    Type.NPS: "How likely are you to recommend us?",
    Type.CONSENT: "I agree.",
}
"""What a new question asks."""

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
    "labels": "One a line: 1 = Poor",
    "min_date": "2026-11-24, or today",
    "max_date": "2026-11-24, or today",
    "pattern": "A regular expression, without look-around",
    "not_between": "Two numbers: 3, 5",
}
