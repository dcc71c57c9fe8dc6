"""Forms as two older formats write them, and one in ours with logic."""

from typing import Any

TEMPLATE: dict[str, Any] = {
    "name": "Customer satisfaction",
    "description": "Once a year",
    "sections": [
        {
            "title": "In general",
            "questions": [
                {"type": "rating", "text": "How content are you?", "required": True, "min": 1, "max": 10,
                 "labels": {"1": "Not at all", "5": "So so", "10": "Very"}},
                {"type": "text", "text": "What is missing?", "maxLength": 20, "placeholder": "Anything…"},
                {"type": "multiple_choice", "text": "What do you use?", "required": True, "allowMultiple": True,
                 "options": [{"value": "a", "label": "Product A"}, {"value": "b", "label": "Product B"}]},
                {"type": "boolean", "text": "Would you recommend us?", "required": True},
                {"type": "date", "text": "Since when?", "minDate": "2020-01-01", "maxDate": "today"},
            ],
        }
    ],
    "settings": {"allowAnonymous": True, "showProgressBar": True, "randomizeQuestions": False},
}  # fmt: skip
"""camelCase in sections: five types."""

ITEMS: dict[str, Any] = {
    "title": "Feedback",
    "description": "Help us",
    "items": [
        {"id": "intro", "type": "section-header", "title": "You", "description": "First of all"},
        {"id": "q1", "type": "short-text", "label": "Your name?", "description": "As on your badge",
         "validation": {"required": True}},
        {"id": "q2", "type": "long-text", "label": "How was it?", "validation": {
            "required": False, "custom": {"type": "length", "rule": "max", "value": 10, "customError": "Shorter!"}}},
        {"id": "q3", "type": "single-choice", "label": "How do we reach you?", "options": [
            {"value": "email", "label": "Mail"}, {"value": "phone", "label": "Phone", "nextSectionId": "call"},
            {"value": "other", "label": "Other", "isOther": True}], "validation": {"required": True}},
        {"id": "q4", "type": "multiple-choice", "label": "Your interests?", "options": [
            {"value": "sports", "label": "Sports"}, {"value": "music", "label": "Music"},
            {"value": "travel", "label": "Travel"}],
         "validation": {"custom": {"rule": "min", "value": 2, "customError": "Two at least"}}},
        {"id": "q5", "type": "dropdown", "label": "Your country?", "options": [
            {"value": "jp", "label": "Japan"}, {"value": "us", "label": "United States"}],
         "validation": {"shuffleOptions": True}},
        {"id": "call", "type": "section-header", "title": "A call", "action": {"type": "submit"}},
        {"id": "q6", "type": "linear-scale", "label": "How likely?", "min": 0, "max": 10, "minLabel": "Not",
         "maxLabel": "Very"},
        {"id": "q7", "type": "rating", "label": "All in all?", "levels": 5, "symbol": "star"},
        {"id": "q8", "type": "date", "label": "When?", "includeTime": False, "includeYear": True},
        {"id": "q9", "type": "time", "label": "What time?", "answerType": "time"},
        {"id": "mail", "type": "short-text", "label": "Your address?",
         "validation": {"custom": {"type": "text", "rule": "is_email", "customError": "An address, please"}}},
        {"id": "age", "type": "short-text", "label": "Your age?", "validation": {
            "custom": {"type": "number", "rule": "between", "value": 18, "value2": 120, "customError": "18 to 120"}}},
    ],
}  # fmt: skip
"""kebab-case in a flat list: nine types, and rules that make other types of them."""

ANSWERS: dict[str, Any] = {"q1": "Ada", "q3": "email", "q4": ["sports", "music"], "q6": 7, "q7": 5,
                           "q8": "2026-02-28", "q9": "09:30", "mail": "ada@example.com", "age": 36}  # fmt: skip
"""What ITEMS takes."""

TEAM: dict[str, Any] = {
    "title": "Team pulse",
    "sections": [
        {
            "id": "you",
            "title": "You",
            "questions": [
                {"id": "mood", "type": "rating", "text": "How was your week?", "required": True},
                {"id": "why", "type": "text", "text": "What went wrong?", "is_long": True,
                 "visible_if": {"op": "lt", "question": "mood", "value": 3}, "required": True},
                {"id": "place", "type": "multiple_choice", "text": "Where do you work?",
                 "options": [{"value": "home"}, {"value": "office"}, {"value": "left", "skip_to": "end"}]},
            ],
        },
        {
            "id": "office",
            "title": "The office",
            "visible_if": {"op": "eq", "question": "place", "value": "office"},
            "questions": [
                {"id": "desk", "type": "boolean", "text": "Do you have a desk?"},
                {"id": "which", "type": "text", "text": "Which?",
                 "required_if": {"op": "eq", "question": "desk", "value": True}},
            ],
        },
        {"id": "all", "title": "All", "questions": [{"id": "nps", "type": "nps", "text": "Would you join again?"}]},
    ],
    "settings": {"allow_anonymous": True, "show_progress_bar": True},
}  # fmt: skip
"""With logic: a question and a section that show only sometimes, and an option that ends it."""
