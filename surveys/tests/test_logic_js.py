"""The evaluator in JavaScript says what the one in Python says: of a shared file, and of 2,000 cases by chance."""

import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any

from surveys.domain import Content
from surveys.domain.checking import answer_fault
from surveys.domain.schema import answer_schema
from surveys.domain.walk import asked, given
from surveys.domain.writing import written
from surveys.tests import random_forms
from surveys.tests.examples import ITEMS, TEAM
from surveys.tests.test_domain import content

NODE = Path(sys.executable).parent / "node"
LOGIC = Path(__file__).resolve().parent.parent / "static" / "surveys" / "logic.js"
VECTORS = Path(__file__).resolve().parent / "vectors.json"
NOW = "2026-11-24T12:00:00Z"

SCRIPT = f"""
import {{ asked, isEmpty, isValid }} from {json.dumps(LOGIC.as_uri())};
import {{ readFileSync, writeSync }} from "node:fs";
const told = JSON.parse(readFileSync(0, "utf8")).map(({{ sections, schemas, answers, now }}) => {{
  const questions = new Map(sections.flatMap((section) => section.questions ?? []).map((each) => [each.id, each]));
  const valid = {{}};
  for (const [id, answer] of Object.entries(answers))
    if (!isEmpty(answer)) valid[id] = isValid(questions.get(id), schemas[id], answer, new Date(now));
  return {{ asked: [...asked(sections, answers)], valid }};
}});
process.stdout.write(JSON.stringify(told));
"""


def case(form: Content, answers: dict[str, Any]) -> dict[str, Any]:
    """A form with its answers, and what Python says of them."""
    filled, questions = given(answers), {each.id: each for each in form.questions}
    now = datetime.fromisoformat(NOW).astimezone(UTC)
    valid = {id: answer_fault(questions[id], answer, now=now) is None for id, answer in filled.items()}
    return {
        "sections": [written(each) for each in form.sections],
        "schemas": {id: answer_schema(each) for id, each in questions.items()},
        "answers": answers,
        "now": NOW,
        "says": {"asked": [list(each) for each in asked(form.sections, filled).items()], "valid": valid},
    }


def told(cases: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What JavaScript says of the cases."""
    sent = json.dumps([{name: each[name] for name in each if name != "says"} for each in cases])
    command = [str(NODE), "--input-type=module", "--eval", SCRIPT]
    found = subprocess.run(command, input=sent, capture_output=True, text=True, check=True, timeout=120)
    answer: list[dict[str, Any]] = json.loads(found.stdout)
    return answer


def by_chance(number: int) -> list[dict[str, Any]]:
    cases = []
    for seed in range(number):
        chance = Random(seed)
        form = random_forms.content(random_forms.form(chance))
        cases.append(case(form, random_forms.answers(chance, form, wild=True)))
    return cases


def vectors() -> list[dict[str, Any]]:
    """What the shared file holds: forms of ours with answers that matter, and a few by chance."""
    places, desks = ("home", "office", "left"), (True, None)
    moods: list[dict[str, Any]] = [
        {"mood": mood, "place": place, "desk": desk} for mood in (2, 3) for place in places for desk in desks
    ]
    phones: list[dict[str, Any]] = [
        {"q3": {"value": "other", "text": "pigeon"}},
        {"q3": "phone", "q4": ["sports"]},
        {"q8": "2026-02-30"},
    ]
    ours = [case(content(TEAM), each) for each in moods] + [case(content(ITEMS), each) for each in phones]
    return ours + by_chance(40)


def test_both_say_what_the_shared_file_says() -> None:
    kept = json.loads(VECTORS.read_text("utf-8"))
    assert kept == vectors(), "Python says otherwise than before; write the file anew if that is meant"
    assert told(kept) == [each["says"] for each in kept]


def test_both_say_the_same_of_2000_cases_by_chance() -> None:
    cases = by_chance(2000)
    differ = [(each, js) for each, js in zip(cases, told(cases), strict=True) if each["says"] != js]
    assert not differ, json.dumps(differ[0], ensure_ascii=False)[:3000]
    assert {valid for each in cases for valid in each["says"]["valid"].values()} == {True, False}
