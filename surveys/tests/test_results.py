"""What responses say together: narrowed by answers, without the erased; and a plan that has no room for more."""

import json
from collections import Counter
from typing import Any

import pytest
from django.test import Client

from billing.domain import Metric
from billing.domain.overriding import override
from billing.tests.conftest import asked as staff_asked
from billing.tests.conftest import customer
from conftest import Api, TestTenant
from cqrs.dynamodb.store import DynamoStore
from surveys.results.histogram import ranges
from surveys.tests.examples import TEAM
from surveys.tests.test_api import PLAIN, answered, published
from surveys.tests.test_public import opened
from tenants.erasure import erase, found
from tenants.models import Tenant
from tenants.principal import Role
from tenants.provisioning import add_member
from tenants.tests.browsers import signed_in

TOLD: list[dict[str, Any]] = [
    {"mood": 5, "place": "home", "nps": 9},
    {"mood": 4, "place": "home"},
    {"mood": 1, "why": "rain", "place": "office", "desk": True, "which": "mine", "nps": 9},
    {"mood": 5, "place": "left"},
]


@pytest.fixture(scope="module")
def asked_once(tenants: dict[str, TestTenant]) -> tuple[Api, str]:
    """A survey with these responses."""
    api = Api(tenants["acme"])
    code = published(api, TEAM)
    for answers in TOLD:
        assert answered(api, code, answers).status_code == 201
    api.drain()
    return api, code


@pytest.fixture(scope="module")
def small(tenants: dict[str, TestTenant]) -> Api:
    """The API of a tenant of this module's own."""
    return Api(customer("free"))


def test_anonymous_and_another_tenant_read_no_results(asked_once: tuple[Api, str], globex: TestTenant) -> None:
    api, code = asked_once
    for path in ("results/", "results.csv", "results.json"):
        assert Api(api.tenant, key=None)("GET", f"surveys/{code}/{path}?answer.place=home").status_code == 401
        assert Api(globex)("GET", f"surveys/{code}/{path}?answer.place=home").status_code == 404


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ("answer.place=home", [0, 1]),
        ("answer.place=home&answer.place=office", [0, 1, 2]),
        ("answer.place=home&answer.mood=5", [0]),
        ("answer.desk=true", [2]),
        ("answer.why=rain", [2]),
        ("answer.desk=false", []),
        ("unanswered=nps", [1]),
        ("not_asked=nps", [3]),
        ("not_asked=why&answer.nps=9", [0]),
        ("number=1&submitted_after=2020-01-01&answer.nps=9", [0, 2]),
    ],
)
def test_results_and_both_files_are_narrowed_alike(asked_once: tuple[Api, str], query: str, wanted: list[int]) -> None:
    api, code = asked_once
    assert api("GET", f"surveys/{code}/results/?{query}").json()["responses"] == len(wanted)
    file = json.loads(b"".join(api("GET", f"surveys/{code}/results.json?{query}").streaming_content))
    assert [each["answers"] for each in file] == [TOLD[number] for number in wanted]
    assert all("why" not in each["unanswered"] for each in file), "who was not asked has not left it empty"
    lines = b"".join(api("GET", f"surveys/{code}/results.csv?{query}").streaming_content).decode().splitlines()
    assert len(lines) == 1 + len(wanted)


@pytest.mark.parametrize(
    ("query", "pointer", "code"),
    [
        ("answer.nothing=1", "?answer.nothing", "unknown_question"),
        ("unanswered=nothing", "?unanswered", "unknown_question"),
        ("not_asked=nothing", "?not_asked", "unknown_question"),
        ("answer.place=moon", "?answer.place", "unknown_value"),
        ("answer.mood=6", "?answer.mood", "unknown_value"),
        ("answer.desk=perhaps", "?answer.desk", "unknown_value"),
        ("number=2", "?number", "unknown_value"),
        ("colour=red", "?colour", "unknown_parameter"),
    ],
)
def test_what_nobody_was_asked_is_refused_with_a_pointer(
    asked_once: tuple[Api, str], query: str, pointer: str, code: str
) -> None:
    api, survey = asked_once
    for path in ("results/", "results.csv", "results.json"):
        answer = api("GET", f"surveys/{survey}/{path}?answer.place=home&{query}")
        told = [(each["pointer"], each["code"]) for each in answer.json()["errors"]]
        assert (answer.status_code, told) == (400, [(pointer, code)])


def test_an_option_with_a_text_and_one_of_several_are_found(api: Api) -> None:
    options = [{"value": "a"}, {"value": "b", "is_other": True}]
    several = {"id": "several", "type": "multiple_choice", "text": "?", "allow_multiple": True, "options": options}
    form = {"title": "Options", "sections": [{"questions": [several, {"id": "age", "type": "number", "text": "?"}]}]}
    code = published(api, form)
    for answers in ({"several": ["a", {"value": "b", "text": "x"}], "age": 7}, {"several": ["a"], "age": 7.5}):
        assert answered(api, code, answers).status_code == 201
    api.drain()
    counts = {
        query: api("GET", f"surveys/{code}/results/?answer.{query}").json()["responses"]
        for query in ("several=a", "several=b", "age=7", "age=7.0", "age=7.5", "age=8")
    }
    assert counts == {"several=a": 2, "several=b": 1, "age=7": 1, "age=7.0": 1, "age=7.5": 1, "age=8": 0}


@pytest.mark.parametrize(
    ("given", "first", "last", "bars"),
    [
        (range(1, 31), ("0 – 4", 4), ("30 – 34", 1), 7),
        (range(11), ("0", 1), ("10", 1), 11),
        ([-0.25, 0.1, 0.35], ("-0.3 – under -0.2", 1), ("0.3 – under 0.4", 1), 7),
        ([10**15, 10**15 + 20], (f"{10**15} – {10**15 + 1}", 1), (f"{10**15 + 20} – {10**15 + 21}", 1), 11),
    ],
)
def test_many_numbers_are_shown_in_round_ranges(given: Any, first: Any, last: Any, bars: int) -> None:
    found = list(ranges(Counter(given)))
    assert (found[0], found[-1], len(found)) == (first, last, bars)
    assert sum(count for _, count in found) == len(given)


def test_counts_that_are_remembered_hold_nothing_of_whoever_was_erased(small: Api) -> None:
    code, acme = published(small, PLAIN), small.tenant
    member = add_member(
        Tenant.objects.get(code=acme.code), email=f"ada@{acme.code}.example", role=Role.MEMBER, password=acme.password
    )
    token = small("GET", f"surveys/{code}/").json()["token"]
    small.drain()
    theirs = signed_in(acme.host, f"ada@{acme.code}.example", acme.password)
    assert opened(acme.host, theirs, f"/s/{token}/", {"version": "1", "q.dish": "soup"}).status_code == 302
    small.drain()
    for _ in range(2):
        assert small("GET", f"surveys/{code}/results/").json()["questions"][0]["answered"] == 1
    person = found(str(member.user.pk))
    erase(person, everywhere=True, store=DynamoStore(), by="test", reason="asked", within=0.01)
    told = small("GET", f"surveys/{code}/results/").json()
    assert (told["responses"], told["questions"][0]["answered"]) == (1, 0), "that there was one stays"


def test_a_plan_without_room_is_said_kindly_and_the_owner_is_told(small: Api) -> None:
    code, tenant = published(small, PLAIN, allow_anonymous=True), small.tenant
    url = f"/s/{small('GET', f'surveys/{code}/').json()['token']}/"
    small.drain()
    owner = signed_in(tenant.host, tenant.owner, tenant.password)
    there = small("GET", "usage/").json()["metrics"]["responses"]["used"]
    staff_asked(tenant, override, metric=Metric.RESPONSES, most=there + 1, reason="a test")
    assert "Nobody can answer now" not in owner.get(f"/surveys/{code}/").content.decode()
    form = {"version": "1", "q.dish": "soup"}
    assert opened(tenant.host, Client(), url, form).status_code == 302
    for sent in (None, form):
        answer = opened(tenant.host, Client(), url, sent)
        assert (answer.status_code, "no more answers for now" in answer.content.decode()) == (503, True)
        assert "plan" not in answer.content.decode(), "what the workspace pays is none of their concern"
    assert answered(small, code, {"dish": "soup"}).json()["code"] == "quota_exceeded"
    for path in ("", "results/"):
        assert "Nobody can answer now" in owner.get(f"/surveys/{code}/{path}").content.decode()
    assert small("GET", f"surveys/{code}/?consistent=true").json()["responses"] == 1
