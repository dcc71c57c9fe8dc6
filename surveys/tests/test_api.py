"""Surveys over HTTP: anonymous first, another tenant second."""

import csv
import io
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from jsonschema_rs import Draft202012Validator
from structlog.testing import capture_logs

from conftest import Api, TestTenant
from cqrs.domain import Actor
from cqrs.dynamodb.store import store
from cqrs.log import Log
from surveys.domain import RESPONSE
from surveys.tests.examples import ANSWERS, ITEMS, TEAM, TEMPLATE
from tenants.keys import create_key
from tenants.models import Tenant
from tenants.tests.browsers import signed_in

PLAIN = {"title": "Lunch", "sections": [{"questions": [{"id": "dish", "type": "text", "text": "What?"}]}]}
PATHS = ["surveys/", "surveys/S-NONE/versions/", "surveys/S-NONE/responses/", "surveys/S-NONE/results/"]


def published(api: Api, form: dict[str, Any], **settings: Any) -> str:
    """The code of a new survey that can be answered."""
    body = {**form, "settings": {**form.get("settings", {}), **settings}}
    made = api("POST", "surveys/", body)
    assert made.status_code == 201, made.json()
    code: str = made.json()["code"]
    answer = asked(api, code, "publish")
    assert answer.status_code == 200, answer.json()
    return code


def asked(api: Api, code: str, rule: str, **args: Any) -> Any:
    return api("POST", f"surveys/{code}/{rule}/", args, if_match="*")


def answered(api: Api, code: str, answers: dict[str, Any], *, version: int = 1, **headers: str) -> Any:
    return api("POST", f"surveys/{code}/responses/", {"answers": answers, "version": version}, **headers)


@pytest.mark.parametrize("path", PATHS)
def test_anonymous_is_asked_for_a_credential(acme: TestTenant, path: str) -> None:
    for method in ("GET", "POST"):
        assert Api(acme, key=None)(method, path, {}).status_code in (401, 405)


@pytest.mark.parametrize("path", PATHS)
def test_another_tenants_key_is_no_credential(acme: TestTenant, globex: TestTenant, path: str) -> None:
    assert Api(acme, key=globex.key)("GET", path).status_code == 401


def test_another_tenants_survey_is_not_there(api: Api, globex: TestTenant) -> None:
    code, other = published(api, PLAIN), Api(globex)
    response = answered(api, code, {"dish": "soup"}).json()["id"]
    paths = ("", "lint/", "versions/", "versions/1/", "versions/1/schema/", "results/", "results.csv", "responses/")
    for path in (*paths, f"responses/{response}/"):
        assert other("GET", f"surveys/{code}/{path}").status_code == 404, path
    assert answered(other, code, {"dish": "soup"}).status_code == 404
    assert asked(other, code, "close").status_code == 404


@pytest.mark.parametrize(("form", "answers"), [(TEMPLATE, {"s1q1": 9, "s1q3": ["a"], "s1q4": True}), (ITEMS, ANSWERS)])
def test_older_spellings_are_published_and_answered(api: Api, form: Any, answers: Any) -> None:
    made = api("POST", "surveys/", form).json()
    assert made["title"] == form.get("title", form.get("name"))
    assert (made["description"], made["status"], made["number"]) == (form["description"], "draft", 0)
    assert api("GET", f"surveys/{made['code']}/lint/").json() == {"can_publish": True, "findings": []}
    assert answered(api, made["code"], answers).json()["code"] == "survey_closed"
    assert asked(api, made["code"], "publish").json()["status"] == "open"
    answer = answered(api, made["code"], answers)
    assert (answer.status_code, answer.json()["answers"]) == (201, answers)
    assert api("GET", answer["Location"]).json() == answer.json()
    schema = api("GET", f"surveys/{made['code']}/versions/1/schema/").json()
    assert Draft202012Validator(schema).is_valid(answers)


def test_bad_answers_are_refused_at_their_questions(api: Api) -> None:
    code = published(api, ITEMS)
    answer = answered(api, code, {"q3": "pigeon", "q4": ["sports"], "nothing": 1})
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_answers")
    assert {each["pointer"]: each["code"] for each in answer.json()["errors"]} == {
        "/answers/nothing": "unknown_question",
        "/answers/q1": "required",
        "/answers/q3": "not_an_option",
        "/answers/q4": "too_few",
    }
    assert answered(api, code, ANSWERS, version=2).json()["code"] == "other_version"
    assert api("POST", f"surveys/{code}/responses/", {"answers": [], "who": 1}).status_code == 400


def test_a_version_never_changes_and_a_loss_is_confirmed_with_the_title(api: Api) -> None:
    code = published(api, TEAM)
    first = api("GET", f"surveys/{code}/versions/1/").json()
    assert answered(api, code, {"mood": 5}).status_code == 201
    changed = {"sections": [{"questions": [{"id": "mood", "type": "text", "text": "How was it?"}]}]}
    assert api("PATCH", f"surveys/{code}/", changed, if_match="*").json()["is_changed"] is True
    api.drain()
    found = api("POST", f"surveys/{code}/what-if/", {}).json()
    told = {each["question"]: (each["kept"], each["coerced"], each["lost"]) for each in found["questions"]}
    assert (told["mood"], found["responses"]) == ((0, 1, 0), 1)
    refused = asked(api, code, "publish")
    assert (refused.status_code, refused.json()["code"]) == (422, "loses_answers")
    assert set(refused.json()["questions"]) == {"why", "place", "desk", "which", "nps"}
    again = asked(api, code, "publish", confirm="Team pulse").json()
    assert (again["number"], again["is_changed"], again["responses"]) == (2, False, 1)
    assert asked(api, code, "publish").json()["version"] == again["version"]
    assert api("GET", f"surveys/{code}/versions/1/").json() == first
    numbers = [each["number"] for each in api("GET", f"surveys/{code}/versions/").json()["results"]]
    assert numbers == [2, 1]
    assert api("GET", f"surveys/{code}/versions/3/").status_code == 404


def test_what_is_wrong_with_a_draft_keeps_it_from_being_published(api: Api) -> None:
    bad = {"title": "Bad", "items": [{"id": "a", "type": "dropdown", "label": "A?", "options": []}]}
    code = api("POST", "surveys/", bad).json()["code"]
    answer = asked(api, code, "publish").json()
    assert answer["code"] == "form_has_faults"
    assert answer["errors"] == api("GET", f"surveys/{code}/lint/").json()["findings"]
    assert answer["errors"][0]["pointer"] == "/sections/0/questions/0/options"
    assert asked(api, code, "close").json()["code"] == "not_published"
    wrong = api("POST", "surveys/", {"title": "Bad", "items": [{"type": "poem"}]}).json()
    assert (wrong["status"], wrong["errors"][0]["pointer"]) == (422, "/items/0/questions/0/type")


def test_a_closed_survey_takes_nothing_until_it_is_reopened(api: Api) -> None:
    code = published(api, PLAIN)
    assert asked(api, code, "close").json()["status"] == "closed"
    assert answered(api, code, {"dish": "soup"}).json()["code"] == "survey_closed"
    assert asked(api, code, "reopen").json()["status"] == "open"
    assert answered(api, code, {"dish": "soup"}).status_code == 201
    past = published(api, PLAIN, closes_at="2026-01-01T00:00:00Z")
    assert answered(api, past, {"dish": "soup"}).json()["code"] == "survey_closed"
    assert api("DELETE", f"surveys/{code}/", if_match="*").json()["is_deleted"] is True
    assert answered(api, code, {"dish": "soup"}).json()["code"] == "removed"


def test_a_repeat_under_its_key_is_one_response(api: Api) -> None:
    code, key = published(api, PLAIN, allow_anonymous=True), uuid4().hex
    first, second = (answered(api, code, {"dish": "soup"}, idempotency_key=key) for _ in range(2))
    assert (first.json(), second["Idempotent-Replayed"]) == (second.json(), "true")
    assert answered(api, code, {"dish": "stew"}, idempotency_key=key).json()["code"] == "idempotency_key_reused"


def test_64_people_answer_a_survey_that_takes_10(api: Api) -> None:
    code = published(api, PLAIN, max_responses=10)
    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda number: answered(api, code, {"dish": str(number)}), range(64)))
    assert [each.status_code for each in answers].count(201) == 10
    assert {each.json()["code"] for each in answers if each.status_code != 201} == {"survey_full"}
    assert api("GET", f"surveys/{code}/?consistent=true").json()["responses"] == 10
    api.drain()
    assert len(api("GET", f"surveys/{code}/responses/?limit=100").json()["results"]) == 10


def test_one_response_of_each_person(api: Api, acme: TestTenant) -> None:
    code = published(api, PLAIN, one_per_person=True)
    assert answered(api, code, {"dish": "soup"}).json()["code"] == "needs_person"
    member = signed_in(acme.host, acme.owner, acme.password)
    first, second = (_by_session(member, acme, code) for _ in range(2))
    assert (first.status_code, second.json()["code"]) == (201, "already_answered")
    assert first.json()["respondent"].startswith("user:")


def test_nothing_tells_who_answered_anonymously(api: Api, acme: TestTenant) -> None:
    code = published(api, PLAIN, allow_anonymous=True)
    member = signed_in(acme.host, acme.owner, acme.password)
    with capture_logs() as lines:
        made = _by_session(member, acme, code).json()
    assert [each["actor"] for each in lines if each["event"] == "request" and "responses" in each["path"]] == [None]
    assert (made["created_by"], made["updated_by"], made["respondent"]) == ("anonymous", "anonymous", "")
    sk = made["id"].split("~", 2)[2].replace("~", "#")
    fact = Log(store(), acme.code).get(RESPONSE, sk)
    assert (Actor(fact.by), fact.ip, fact.request_id, fact.trace) == (Actor("anonymous"), "", "", "")


def test_a_key_that_sends_responses_reads_none(acme: TestTenant, api: Api) -> None:
    code, tenant = published(api, PLAIN), Tenant.objects.get(code=acme.code)
    _, key = create_key(tenant, name="kiosk", scopes={"responses:write", "surveys:*"})
    kiosk = Api(acme, key=key)
    assert answered(kiosk, code, {"dish": "soup"}).status_code == 201
    for path in ("responses/", "results/", "results.csv"):
        assert kiosk("GET", f"surveys/{code}/{path}").status_code == 403, path
    assert kiosk("POST", f"surveys/{code}/what-if/", {}).status_code == 403


def test_results_are_counted_over_all_versions(api: Api) -> None:
    code = published(api, TEAM)
    for mood, nps in ((5, 10), (5, 9), (4, 3), (4, None)):
        assert answered(api, code, {"mood": mood, "place": "home", "nps": nps}).status_code == 201
    assert answered(api, code, {"mood": 1, "why": "=1+1", "place": "left"}).status_code == 201
    sections = api("GET", f"surveys/{code}/versions/1/").json()["sections"]
    sections[0]["questions"].append({"id": "pet", "type": "boolean", "text": "A pet?"})
    sections[0]["questions"][2]["options"].pop(0)
    api("PATCH", f"surveys/{code}/", {"sections": sections}, if_match="*")
    assert asked(api, code, "publish").status_code == 200
    assert answered(api, code, {"mood": 3, "pet": True}, version=2).status_code == 201
    api.drain()
    found = api("GET", f"surveys/{code}/results/").json()
    figures = {each["id"]: each for each in found["questions"]}
    counts = {id: [each[name] for name in ("asked", "answered", "empty", "not_asked")] for id, each in figures.items()}
    assert (found["responses"], found["versions"]) == (6, {"1": 5, "2": 1})
    assert counts["mood"] == [6, 6, 0, 0]
    assert counts["pet"] == [1, 1, 0, 5]
    assert counts["nps"] == [5, 3, 2, 1]
    assert counts["why"] == [1, 1, 0, 5]
    assert (figures["nps"]["nps"], figures["mood"]["mean"], figures["mood"]["median"]) == (33, 3.67, 4)
    places = {each["value"]: (each["count"], each["is_offered"]) for each in figures["place"]["answers"]}
    assert places == {"office": (0, True), "left": (1, True), "home": (4, False)}
    assert api("GET", f"surveys/{code}/results/?number=2").json()["responses"] == 1
    assert api("GET", f"surveys/{code}/results/?colour=red").status_code == 400
    table = list(csv.reader(io.StringIO(_text(api("GET", f"surveys/{code}/results.csv")))))
    assert (len(table), table[0][3], table[5][4]) == (7, "How was your week?", "'=1+1")


def _text(answer: Any) -> str:
    return b"".join(answer.streaming_content).decode()


def _by_session(member: Client, acme: TestTenant, code: str) -> Any:
    member.get("/todos/", headers={"host": acme.host})
    token = str(member.cookies["csrftoken"].value)
    return member.post(
        f"/api/v1/surveys/{code}/responses/",
        {"answers": {"dish": "soup"}, "version": 1},
        "application/json",
        headers={"host": acme.host, "x-csrftoken": token},
    )
