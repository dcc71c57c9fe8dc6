"""Forms, answers and edits by chance, the same ones for the same seed."""

from random import Random
from typing import Any

from surveys.domain import Content, Question, Type
from surveys.domain.questions import SCALES
from surveys.domain.reading import read_sections

TEXTS = [
    "",
    "a",
    "ab",
    "Soup",
    "Ünïcödé 🎉",
    "  ",
    "\ufeff",
    "7",
    "1.5",
    "=1+1",
    "x" * 40,
    "2026-02-28",
    "09:30",
    "true",
]
TEXTS += [
    "a.b@c.example",
    "a@b",
    "https://a.example/x?y",
    "ftp://a.example",
    "2026-02-30",
    "2028-02-29",
    "02-29",
    "99:59",
]
PATTERNS = ["^a", r"\d+$", "[aeiou]{2}", r"^\w+$", "ö|🎉"]
VALUES = ["a", "b", "c", "d", "other"]


def form(chance: Random, *, questions: int = 8) -> list[dict[str, Any]]:
    """Sections of a form that can be published, as JSON."""
    made: list[dict[str, Any]] = []
    sections: list[dict[str, Any]] = []
    for number in range(chance.randint(1, 3)):
        section: dict[str, Any] = {"id": f"s{number}", "title": f"Part {number}", "questions": []}
        if made and chance.random() < 0.3:
            section["visible_if"] = condition(chance, made)
        for _ in range(chance.randint(1, max(1, questions // 2))):
            one = question(chance, f"q{len(made)}", made)
            section["questions"].append(one)
            made.append(one)
        sections.append(section)
    if len(sections) > 1 and chance.random() < 0.4:
        _skips(chance, sections)
    return sections


def question(chance: Random, id: str, before: list[dict[str, Any]]) -> dict[str, Any]:
    """One question of any type, with some of its rules, and logic about those before it."""
    type = chance.choice(list(Type))
    made: dict[str, Any] = {"id": id, "type": type.value, "text": f"Question {id}?", "required": chance.random() < 0.3}
    made |= _rules(chance, type)
    for name in ("visible_if", "required_if"):
        if before and chance.random() < 0.2:
            made[name] = condition(chance, before)
    return made


def _rules(chance: Random, type: Type) -> dict[str, Any]:
    if type is Type.MULTIPLE_CHOICE:
        options: list[dict[str, Any]] = [
            {"value": each, "label": each.upper()} for each in VALUES[: chance.randint(2, 4)]
        ]
        options += [{"value": "other", "label": "Other", "is_other": True}] if chance.random() < 0.3 else []
        return {"options": options, "allow_multiple": chance.random() < 0.5}
    if type in SCALES and type is not Type.NPS:
        return {"min": chance.choice([0, 1]), "max": chance.choice([3, 5, 10])}
    patterns = [{"pattern": chance.choice(PATTERNS)}, {"not_pattern": "x"}]
    bounds: list[dict[str, Any]] = [{"min": 0, "max": 9}, {"above": 1, "is_whole": True}, {"below": 5.5}]
    days: list[dict[str, Any]] = [{"min_date": "2026-01-01", "max_date": "today"}, {"include_time": True}]
    found: dict[Type, list[dict[str, Any]]] = {
        Type.TEXT: [{}, {"min_length": 2}, {"max_length": 5}, *patterns],
        Type.NUMBER: [{}, *bounds, {"not_between": [2, 4]}],
        Type.DATE: [{}, *days, {"include_year": False}],
        Type.TIME: [{}, {"is_duration": True}],
    }
    return chance.choice(found.get(type, [{}]))


def condition(chance: Random, before: list[dict[str, Any]], *, depth: int = 0) -> dict[str, Any]:
    """A condition on questions that come before."""
    if depth < 2 and chance.random() < 0.25:
        of = [condition(chance, before, depth=depth + 1) for _ in range(chance.randint(1, 3))]
        return {"op": chance.choice(["and", "or", "not"]), "of": of}
    about = chance.choice(before)
    values: dict[str, list[Any]] = {"boolean": [True, False], "consent": [True], "number": [0, 2, 2.5, 7]}
    values |= {"multiple_choice": [each["value"] for each in about.get("options", [])]}
    values |= {name.value: [about.get("min", SCALES[name][0]), 3] for name in SCALES}
    value = chance.choice(values.get(about["type"], ["a", "7", "2026-02-28", "ö"]))
    is_ordered = about["type"] not in ("boolean", "consent", "multiple_choice")
    op = chance.choice(["answered", "eq", "ne", "in", "contains"] + (["gt", "gte", "lt", "lte"] if is_ordered else []))
    return {"op": op, "question": about["id"], "value": [value] if op == "in" else value}


def _skips(chance: Random, sections: list[dict[str, Any]]) -> None:
    """A question, an option or the end of the first section leads further on, sometimes."""
    asked = chance.choice(sections[0]["questions"])
    target = chance.choice([sections[-1]["id"], "end"])
    if asked.get("options") and chance.random() < 0.7:
        asked["options"][0]["skip_to"] = target
    else:
        asked["skip_to"] = [{"to": target, "when": {"op": "answered", "question": asked["id"]}}]


def answers(chance: Random, content: Content, *, wild: bool = False) -> dict[str, Any]:
    """Some answers to some of the questions; `wild` ones are often of no use."""
    asked = [each for each in content.questions if chance.random() < 0.8]
    return {each.id: _wild(chance) if wild and chance.random() < 0.3 else answer(chance, each) for each in asked}


def answer(chance: Random, asked: Question) -> Any:
    """An answer of about the right kind."""
    if asked.type is Type.MULTIPLE_CHOICE:
        chosen = chance.sample(asked.options, chance.randint(1, min(3, len(asked.options))))
        found = [{"value": each.value, "text": "else"} if each.is_other else each.value for each in chosen]
        return found if asked.allow_multiple else found[0]
    if asked.type in SCALES:
        return chance.choice([*asked.points, 11])
    of_type: dict[Type, list[Any]] = {
        Type.BOOLEAN: [True, False],
        Type.CONSENT: [True, True, False],
        Type.NUMBER: [0, 1, 2.5, 3, 7.0, -4],
        Type.DATE: ["2026-02-28", "2025-12-31", "2026-02-30", "2026-02-28T10:00", "02-29", "2028-02-29"],
        Type.TIME: ["09:30", "24:00", "100:30"],
        Type.EMAIL: ["a.b@c.example", "a@b"],
        Type.URL: ["https://a.example/x", "a.example"],
    }
    return chance.choice(of_type.get(asked.type, TEXTS))


def _wild(chance: Random) -> Any:
    return chance.choice([None, "", [], True, 0, 1, 1.0, 2.5, "a", "7", ["a"], ["a", "a"], {"value": "other"}, *TEXTS])


def edited(chance: Random, sections: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The sections after a few edits: questions go, come, and become others. Logic goes, for it could dangle."""
    kept = [dict(each) for section in sections for each in section["questions"] if chance.random() < 0.85]
    for each in kept:
        for name in ("visible_if", "required_if", "skip_to"):
            each.pop(name, None)
        each["options"] = [{k: v for k, v in o.items() if k != "skip_to"} for o in each.get("options", [])]
        if chance.random() < 0.5:
            other = question(chance, each["id"], [])
            each.clear()
            each.update(other)
        if each.get("options") and chance.random() < 0.3:
            each["options"] = each["options"][1:] or each["options"]
        if not each.get("options"):
            each.pop("options", None)
    if chance.random() < 0.5:
        kept.append(question(chance, "new", []))
    return [{"id": "s0", "title": "All", "questions": kept}]


def content(sections: list[dict[str, Any]]) -> Content:
    """The form of these sections."""
    return Content("By chance", sections=read_sections(sections))
