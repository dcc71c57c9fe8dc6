"""Forms and answers, without a database."""

import json
import time
from datetime import UTC, datetime
from typing import Any

import jsonschema_rs
import pytest

from config.environment import ROOT
from surveys.domain import Content, Type, check, lint
from surveys.domain.comparing import Reading, losing, read
from surveys.domain.meta import meta_schema
from surveys.domain.reading import read_sections, read_settings
from surveys.domain.schema import schema_of
from surveys.domain.values import InvalidForm
from surveys.domain.walk import asked
from surveys.domain.writing import written
from surveys.tests.examples import ANSWERS, ITEMS, TEAM, TEMPLATE

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


def content(form: dict[str, Any]) -> Content:
    sections = read_sections(form.get("sections", ()), form.get("items", ()))
    title = form.get("title") or form.get("name") or "Untitled"
    return Content(title, form.get("description", ""), sections, read_settings(form.get("settings", {})))


def one(question: dict[str, Any]) -> Content:
    """A form of one question, `q`."""
    return content({"sections": [{"questions": [{"id": "q", "text": "?"} | question]}]})


def faults(form: Content, answers: dict[str, Any]) -> list[tuple[str, str]]:
    return [(each.question, each.code) for each in check(form, answers, now=NOW).faults]


def codes(form: Content) -> dict[str, str]:
    return {each.pointer: each.code for each in lint(form)}


@pytest.mark.parametrize("form", [TEMPLATE, ITEMS, TEAM], ids=["template", "items", "ours"])
def test_a_form_is_read_from_each_spelling_and_written_in_one(form: dict[str, Any]) -> None:
    found = content(form)
    assert not lint(found)
    assert read_sections([written(each) for each in found.sections]) == found.sections
    assert read_settings(written(found.settings)) == found.settings


def test_both_older_spellings_are_kept_as_one() -> None:
    template, items = (list(content(form).questions) for form in (TEMPLATE, ITEMS))
    assert [each.type for each in template] == ["rating", "text", "multiple_choice", "boolean", "date"]
    assert [each.id for each in template] == ["s1q1", "s1q2", "s1q3", "s1q4", "s1q5"]
    name, story, reach, interests, country, scale, stars, *_, mail, age = items
    assert (name.text, name.help, name.required) == ("Your name?", "As on your badge", True)
    assert (story.is_long, story.max_length, story.error) == (True, 10, "Shorter!")
    assert [each.skip_to for each in reach.options] == ["", "call", ""]
    assert (interests.allow_multiple, interests.min_choices, country.as_dropdown) == (True, 2, True)
    assert (scale.labels, stars.points) == ({"0": "Not", "10": "Very"}, range(1, 6))
    assert (mail.type, age.type, age.min, age.max) == (Type.EMAIL, Type.NUMBER, 18, 120)
    assert content(ITEMS).sections[1].skip_to == "end"


def test_their_answers_are_taken_and_bad_ones_refused_at_the_right_question() -> None:
    form = content(ITEMS)
    assert check(form, ANSWERS, now=NOW).answers == ANSWERS
    bad: dict[str, Any] = {
        "q1": "",
        "q2": "far too long",
        "q3": "pigeon",
        "q4": ["sports"],
        "q6": 11,
        "q8": "2026-02-30",
        "age": "36",
    }
    assert faults(form, {**ANSWERS, **bad, "q99": 1}) == [
        ("q99", "unknown_question"),
        ("q1", "required"),
        ("q2", "too_long"),
        ("q3", "not_an_option"),
        ("q4", "too_few"),
        ("q6", "too_large"),
        ("q8", "not_a_date"),
        ("age", "wrong_type"),
    ]
    details = {each.question: each.detail for each in check(form, bad, now=NOW).faults}
    assert (details["q4"], details["age"]) == ("Two at least", "18 to 120")


@pytest.mark.parametrize(
    ("question", "good", "bad"),
    [
        ({"type": "text", "min_length": 2, "pattern": "^a"}, ["ab"], ["a", "ba", "  ", 1]),
        ({"type": "text", "not_pattern": "x"}, ["ab"], ["axe"]),
        ({"type": "number", "above": 0, "max": 2}, [0.5, 2], [0, 2.5, True, "1"]),
        ({"type": "number", "is_whole": True, "not_between": [3, 5]}, [2, 6, 7.0], [4, 1.5]),
        ({"type": "email"}, ["a.b+c@d-e.example"], ["a@b", "a b@c.de", "@c.de"]),
        ({"type": "url"}, ["https://a.example/b?c"], ["ftp://a.example", "javascript:alert(1)", "https://"]),
        ({"type": "time"}, ["23:59"], ["24:00", "9:30"]),
        ({"type": "time", "is_duration": True}, ["100:30"], ["1:60"]),
        ({"type": "date", "max_date": "today"}, ["2026-11-24", "2026-11-25"], ["2026-11-26", "2026-13-01"]),
        ({"type": "date", "min_date": "today"}, ["2026-11-24"], ["2026-11-23"]),
        ({"type": "date", "include_time": True}, ["2026-11-24T10:00"], ["2026-11-24", "2026-02-30T10:00"]),
        ({"type": "date", "include_year": False}, ["02-29"], ["02-30", "2026-02-28"]),
        ({"type": "boolean"}, [True, False], ["yes", 1]),
        ({"type": "consent", "required": True}, [True], [False]),
        ({"type": "nps"}, [0, 10], [11, -1, 1.5]),
        (
            {"type": "multiple_choice", "allow_multiple": True,
             "options": [{"value": "a"}, {"value": "o", "is_other": True}]},
            [["a"], ["a", {"value": "o", "text": "else"}]],
            [["o"], ["a", "a"], "a", [{"value": "a", "text": "x"}], [{"value": "o", "text": ""}]],
        ),
    ],
)  # fmt: skip
def test_each_type_takes_what_its_rules_say(question: dict[str, Any], good: list[Any], bad: list[Any]) -> None:
    form = one(question)
    assert not lint(form)
    assert [each for each in good if faults(form, {"q": each})] == []
    assert [each for each in bad if not faults(form, {"q": each})] == []


def test_a_pattern_never_hangs() -> None:
    form = one({"type": "text", "pattern": "^(a+)+$"})
    begun = time.perf_counter()
    assert faults(form, {"q": "a" * 9_999 + "b"}) == [("q", "wrong_form")]
    assert time.perf_counter() - begun < 0.5


def test_logic_shows_requires_skips_and_drops() -> None:
    form = content(TEAM)
    assert asked(form.sections, {"mood": 4}) == {"mood": True, "place": False, "nps": False}
    assert list(asked(form.sections, {"mood": 2, "place": "left"})) == ["mood", "why", "place"]
    assert asked(form.sections, {"place": "office", "desk": True})["which"] is True
    found = check(form, {"mood": 5, "why": "never asked", "place": "home", "desk": True}, now=NOW)
    assert (found.answers, found.unanswered, found.faults) == ({"mood": 5, "place": "home"}, ("nps",), ())
    assert faults(form, {"mood": 1, "place": "office", "desk": True}) == [("why", "required"), ("which", "required")]


def test_lint_finds_what_is_wrong_where_it_is() -> None:
    bad = {
        "sections": [
            {"id": "a", "skip_to": "a", "questions": [
                {"id": "x", "type": "text", "text": "X", "visible_if": {"op": "answered", "question": "y"}},
                {"id": "y", "type": "multiple_choice", "text": "Y", "options": [{"value": "1"}, {"value": "1"}]},
                {"id": "y", "type": "text", "text": "", "min_length": 3, "max_length": 2, "pattern": "("},
            ]},
            {"id": "b", "questions": [
                {"id": "z", "type": "number", "text": "Z", "min": 3, "max": 1, "skip_to": "nowhere"},
                {"id": "v", "type": "text", "text": "V", "visible_if":
                    {"op": "and", "of": [{"op": "eq", "question": "y", "value": "7"}, {"op": "or"}]}},
                {"id": "w", "type": "date", "text": "W", "min_date": "2026-05-01", "max_date": "2026-04-01",
                 "skip_to": "end"},
                {"id": "u", "type": "multiple_choice", "text": "U"},
            ]},
        ],
        "settings": {"one_per_person": True, "allow_anonymous": True, "max_responses": 0},
    }  # fmt: skip
    first, second = "/sections/0/questions", "/sections/1/questions"
    assert codes(content(bad)) == {
        "/sections/0/skip_to": "cycle",
        f"{first}/0/visible_if/question": "cycle",
        f"{first}/1/id": "duplicate_id",
        f"{first}/1/options/0/value": "duplicate_value",
        f"{first}/1/options/1/value": "duplicate_value",
        f"{first}/2/id": "duplicate_id",
        f"{first}/2/text": "empty_text",
        f"{first}/2/max_length": "impossible",
        f"{first}/2/pattern": "impossible",
        f"{second}/0/max": "impossible",
        f"{second}/0/skip_to/0/to": "dangling",
        f"{second}/1/visible_if/of/0/value": "dangling",
        f"{second}/1/visible_if/of/1": "impossible",
        f"{second}/2/max_date": "impossible",
        f"{second}/3": "unreachable",
        f"{second}/3/options": "no_options",
        "/settings/one_per_person": "impossible",
        "/settings/max_responses": "impossible",
    }
    assert codes(content({})) == {"/sections": "no_questions"}


@pytest.mark.parametrize(
    ("question", "pointer"),
    [
        ({"type": "poem"}, "type"),
        ({"type": "text", "min": 1}, "min"),
        ({"type": "text", "colour": "red"}, "colour"),
        ({"type": "text", "required": "yes"}, "required"),
        ({"type": "number", "min": "1"}, "min"),
        ({"type": "date", "min_date": "soon"}, "min_date"),
        ({"type": "text", "id": "a b"}, "id"),
        ({"type": "text", "visible_if": {"op": "eval"}}, "visible_if/op"),
        ({"type": "short-text", "validation": {"custom": {"type": "poem", "rule": "x"}}}, "validation"),
    ],
)
def test_what_is_no_form_is_refused_where_it_is_not(question: dict[str, Any], pointer: str) -> None:
    with pytest.raises(InvalidForm) as refused:
        content({"sections": [{"questions": [question]}]})
    assert refused.value.pointer == f"/sections/0/questions/0/{pointer}"


def test_a_schema_is_derived_that_names_what_is_always_required() -> None:
    plain = schema_of(content(TEMPLATE), id="https://example.com/schema")
    assert (plain["$id"], plain["required"]) == ("https://example.com/schema", ["s1q1", "s1q3", "s1q4"])
    assert plain["properties"]["s1q1"] == {
        "title": "How content are you?", "type": "integer", "minimum": 1, "maximum": 10,
    }  # fmt: skip
    assert "required" not in schema_of(content(TEAM))


@pytest.mark.parametrize(
    ("old", "new", "answer", "reading", "becomes"),
    [
        ({"type": "text"}, {"type": "text", "max_length": 2}, "abc", Reading.INVALID, "abc"),
        ({"type": "text"}, {"type": "email"}, "a@b.example", Reading.KEPT, "a@b.example"),
        ({"type": "text"}, {"type": "number"}, "12", Reading.COERCED, 12),
        ({"type": "text"}, {"type": "number"}, "a dozen", Reading.LOST, None),
        ({"type": "number"}, {"type": "text"}, 3, Reading.COERCED, "3"),
        ({"type": "rating", "max": 5}, {"type": "rating", "max": 3}, 4, Reading.INVALID, 4),
        ({"type": "text"}, {"type": "multiple_choice", "options": [{"value": "a", "label": "Tea"}]}, "tea",
         Reading.COERCED, "a"),
        ({"type": "boolean"}, {"type": "consent"}, True, Reading.KEPT, True),
        ({"type": "boolean"}, {"type": "nps"}, True, Reading.LOST, None),
        ({"type": "date", "include_time": True}, {"type": "date"}, "2026-11-24T10:00", Reading.COERCED, "2026-11-24"),
        ({"type": "text"}, None, "abc", Reading.LOST, None),
    ],
)  # fmt: skip
def test_an_answer_is_read_by_another_version(
    old: dict[str, Any], new: dict[str, Any] | None, answer: Any, reading: Reading, becomes: Any
) -> None:
    [before] = one(old).questions
    after = next(iter(one(new).questions)) if new else None
    found = read(answer, old=before, new=after, now=NOW)
    assert (found.reading, found.answer) == (reading, becomes)
    if reading is Reading.LOST:
        assert losing(one(old), one(new) if new else content({})) == ("q",)


def test_the_published_meta_schema_is_how_forms_are_written() -> None:
    kept = json.loads((ROOT / "docs" / "reference" / "survey-form.json").read_text("utf-8"))
    assert kept == json.loads(json.dumps(meta_schema()))
    assert jsonschema_rs.meta.is_valid(kept)
    validator = jsonschema_rs.Draft202012Validator(kept)
    for form in map(content, (TEMPLATE, ITEMS, TEAM)):
        whole = {"title": form.title, "sections": [written(e) for e in form.sections]}
        validator.validate(whole | {"settings": written(form.settings)})
    for question in ({"type": "poem"}, {"type": "text", "min": 1}, {"type": "text", "visible_if": {"op": "eval"}}):
        assert not validator.is_valid({"title": "Bad", "sections": [{"questions": [question]}]})
