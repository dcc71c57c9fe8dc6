"""The todos' API: anonymous first, another tenant second, then each rule of the contract."""

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import pytest

from conftest import Api, TestTenant
from face import resource
from tenants.keys import create_key
from tenants.models import Tenant

PATHS = [
    ("GET", "todos/"),
    ("POST", "todos/"),
    ("GET", "todos/TODO-000001/"),
    ("PATCH", "todos/TODO-000001/"),
    ("DELETE", "todos/TODO-000001/"),
    ("GET", "todos/TODO-000001/history/"),
    ("POST", "todos/TODO-000001/complete/"),
    ("GET", "events/"),
    ("GET", "events/stream/"),
]


@pytest.mark.parametrize(("method", "path"), PATHS)
def test_anonymous_is_asked_for_a_credential(acme: TestTenant, method: str, path: str) -> None:
    answer = Api(acme, key=None)(method, path, {"name": "x"})
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"].startswith("Bearer")
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["code"] == "not_authenticated"


@pytest.mark.parametrize(("method", "path"), PATHS)
def test_another_tenants_key_is_no_credential(acme: TestTenant, globex: TestTenant, method: str, path: str) -> None:
    assert Api(acme, key=globex.key)(method, path, {"name": "x"}).status_code == 401


@pytest.mark.parametrize("what", ["", "history/", "complete/", "?version=1", "?consistent=true"])
def test_a_foreign_id_is_answered_as_a_missing_one(acme: TestTenant, globex: TestTenant, what: str) -> None:
    theirs = _create(Api(globex), "secret")["id"]
    missing = theirs.replace("TODO-", "TODO-9")
    method, headers = ("POST", {"if_match": "*"}) if what == "complete/" else ("GET", {})
    foreign, absent = (Api(acme)(method, f"todos/{name}/{what}", **headers) for name in (theirs, missing))
    assert foreign.status_code == absent.status_code == 404
    assert _without_request_id(foreign) == _without_request_id(absent)


def test_a_viewer_scope_reads_and_does_not_write(acme: TestTenant) -> None:
    tenant = Tenant.objects.get(code="acme")
    _, key = create_key(tenant, name="reader", scopes=frozenset({"todos:read"}))
    reader = Api(acme, key=key)
    assert reader("GET", "todos/").status_code == 200
    assert reader("POST", "todos/", {"name": "x"}).status_code == 403


def test_create_answers_the_new_state_where_it_is_and_its_version(api: Api) -> None:
    body = {"name": " Milk ", "due_date": "2026-12-24", "priority": "high", "labels": ["home", "home"]}
    answer = api("POST", "todos/", body, x_request_id="r-42")
    todo = answer.json()
    assert answer.status_code == 201
    assert answer["ETag"] == '"1"'
    assert answer["Location"].endswith(f"/api/v1/todos/{todo['code']}/")
    assert answer["X-Request-Id"] == "r-42"
    assert answer["Consistency-Token"] == f"{todo['id']}@1"
    assert {name: todo[name] for name in ("name", "status", "due_date", "priority", "labels", "version")} == {
        "name": "Milk",
        "status": "pending",
        "due_date": "2026-12-24",
        "priority": "high",
        "labels": ["home"],
        "version": 1,
    }
    assert todo["created_at"].endswith("Z")


def test_each_rule_is_an_action_and_its_fact_is_in_the_history(api: Api) -> None:
    name = _create(api, "All rules")["code"]
    for version, rule in enumerate(["start", "complete", "reopen", "cancel", "reopen", "remove", "restore"], 1):
        answer = api("POST", f"todos/{name}/{rule}/", {"version": version})
        assert (rule, answer.status_code, answer.json()["version"]) == (rule, 200, version + 1)
    facts = [each["fact"] for each in api("GET", f"todos/{name}/history/").json()["results"]]
    assert facts == ["created", "started", "completed", "reopened", "canceled", "reopened", "removed", "restored"]


def test_a_rule_that_does_not_apply_is_refused_with_the_status_that_forbids_it(api: Api) -> None:
    todo = f"todos/{api('POST', 'todos/', {'name': 'x'}).json()['code']}/"
    api("POST", f"{todo}cancel/", if_match="*")
    answer = api("POST", f"{todo}complete/", if_match="*")
    problem = answer.json()
    assert (answer.status_code, problem["status"], problem["code"]) == (422, 422, "not_open")
    assert problem["errors"][0]["status"] == "canceled"


def test_edit_is_patch_and_remove_is_delete(api: Api) -> None:
    name = _create(api, "Milk")["code"]
    edited = api("PATCH", f"todos/{name}/", {"description": "2 l", "due_date": None}, if_match='"1"')
    assert (edited.status_code, edited.json()["description"], edited["ETag"]) == (200, "2 l", '"2"')
    removed = api("DELETE", f"todos/{name}/", if_match='"2"')
    assert (removed.status_code, removed.json()["is_deleted"]) == (200, True)


def test_a_removed_todo_is_read_by_id_left_out_of_lists_and_takes_only_restore(api: Api) -> None:
    todo = _create(api, f"gone {uuid4()}")
    api("DELETE", f"todos/{todo['code']}/", if_match="*")
    api.drain()
    assert api("GET", f"todos/{todo['code']}/").json()["is_deleted"] is True
    assert api("GET", f"todos/?q={todo['name']}").json()["results"] == []
    assert len(api("GET", f"todos/?q={todo['name']}&is_deleted=true").json()["results"]) == 1
    refused = api("POST", f"todos/{todo['code']}/complete/", if_match="*")
    assert (refused.status_code, refused.json()["code"]) == (422, "removed")
    assert api("POST", f"todos/{todo['code']}/restore/", if_match="*").status_code == 200


def test_a_change_must_say_its_version(api: Api) -> None:
    name = _create(api, "Milk")["code"]
    answer = api("POST", f"todos/{name}/complete/")
    assert (answer.status_code, answer.json()["code"]) == (428, "version_required")


@pytest.mark.parametrize("version", [1, 9])
def test_a_version_that_is_not_current_is_412_by_header_and_409_by_body(api: Api, version: int) -> None:
    name = _create(api, "Milk")["code"]
    api("PATCH", f"todos/{name}/", {"name": "Oat milk"}, if_match="*")
    by_header = api("PATCH", f"todos/{name}/", {"name": "Rye"}, if_match=f'"{version}"')
    by_body = api("PATCH", f"todos/{name}/", {"name": "Rye", "version": version})
    assert (by_header.status_code, by_body.status_code) == (412, 409)
    for answer in (by_header, by_body):
        assert answer.json()["current_version"] == 2
        assert answer.json()["changed_fields"] == (["name"] if version == 1 else [])


def test_what_changes_nothing_answers_the_same_version(api: Api) -> None:
    name = _create(api, "Milk")["code"]
    assert api("PATCH", f"todos/{name}/", {"name": "Milk"}, if_match='"1"')["ETag"] == '"1"'


def test_of_32_at_one_version_one_wins(api: Api) -> None:
    name = _create(api, "Milk")["code"]

    def edit(number: int) -> Any:
        return api("PATCH", f"todos/{name}/", {"name": f"by {number}"}, if_match='"1"')

    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(edit, range(32)))
    assert sorted(answer.status_code for answer in answers) == [200] + [412] * 31
    assert {answer.json().get("current_version") for answer in answers} == {None, 2}
    assert [each["version"] for each in api("GET", f"todos/{name}/history/").json()["results"]] == [1, 2]


def test_the_same_key_16_times_at_once_is_one_todo_and_one_answer(api: Api) -> None:
    key = str(uuid4())
    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda _: api("POST", "todos/", {"name": key}, idempotency_key=key), range(16)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    assert sum(answer.has_header("Idempotent-Replayed") for answer in answers) == 15
    other = api("POST", "todos/", {"name": "another"}, idempotency_key=key)
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    api.drain()
    assert len(api("GET", f"todos/?q={key}").json()["results"]) == 1


def test_a_repeat_is_answered_from_the_version_it_made(api: Api) -> None:
    name, key = _create(api, "Milk")["code"], str(uuid4())
    first = api("POST", f"todos/{name}/start/", {"version": 1}, idempotency_key=key)
    api("POST", f"todos/{name}/complete/", {"version": 2})
    again = api("POST", f"todos/{name}/start/", {"version": 1}, idempotency_key=key)
    assert (again.status_code, again.content, again["Idempotent-Replayed"]) == (200, first.content, "true")


BAD_BODIES: list[tuple[bytes, int]] = [
    (b"{", 400),
    (b"[]", 400),
    (b'{"name": 3}', 400),
    (b'{"name": "x", "colour": "red"}', 400),
    (b"{}", 400),
    (b'{"name": "x", "due_date": "tomorrow"}', 400),
    (b'{"name": "x", "priority": "huge"}', 400),
    (b'{"name": "x", "labels": "home"}', 400),
    (b'{"name": "x\\u0000y"}', 400),
    (b'{"name": "\\ud800"}', 400),
    (b'{"name": "x", "labels": ["\\udfff"]}', 400),
    (b'{"name": "\xff"}', 400),
    (b'{"name": "  "}', 422),
    (b'{"name": "' + b"x" * 201 + b'"}', 422),
    (b'{"name": "' + b"x" * 1_000_000 + b'"}', 422),
    (b'{"name": "' + b"x" * 2_000_000 + b'"}', 413),
    (b'{"name": "x", "version": "x"}', 400),
]


@pytest.mark.parametrize(("body", "status"), BAD_BODIES, ids=lambda value: repr(value)[:40])
def test_bad_bodies_are_told_what_is_wrong_and_nothing_is_stored(api: Api, body: bytes, status: int) -> None:
    answer = api("POST", "todos/", body)
    problem = answer.json()
    assert (answer.status_code, answer["Content-Type"]) == (status, "application/problem+json")
    assert {"type", "title", "status", "detail", "code", "request_id", "retryable", "errors"} <= set(problem)
    name = _create(api, "Milk")["code"]
    changed = api("PATCH", f"todos/{name}/", body, if_match="*")
    assert 400 <= changed.status_code < 500 or body == b"{}"
    assert len(api("GET", f"todos/{name}/history/").json()["results"]) == 1


def test_an_unknown_field_is_refused_by_name(api: Api) -> None:
    errors = api("POST", "todos/", {"name": "x", "colour": "red"}).json()["errors"]
    assert [(each["pointer"], each["code"]) for each in errors] == [("/colour", "unknown_field")]


@pytest.mark.parametrize("header", ['"x"', "7", '"-1"', '"7', "W/7", 'W/"1"', '"99999999999999999999"'])
def test_a_malformed_if_match_is_refused(api: Api, header: str) -> None:
    name = _create(api, "Milk")["code"]
    assert api("POST", f"todos/{name}/complete/", if_match=header).status_code == 400


@pytest.mark.parametrize("key", ["", "x" * 256, "bad\u00e9"])
def test_a_malformed_idempotency_key_is_refused(api: Api, key: str) -> None:
    assert api("POST", "todos/", {"name": "x"}, idempotency_key=key).status_code == 400


@pytest.mark.parametrize(
    "query",
    [
        "status=unknown",
        "priority=huge",
        "due=tomorrow",
        "nonsense=1",
        "limit=0",
        "limit=101",
        "limit=x",
        "limit=0000001000000",
        "limit=" + "0" * 5000 + "9",
        "limit=00000000199999999999999999999",
        "ordering=secret",
        "cursor=abc",
        "is_deleted=perhaps",
        "q=%00",
    ],
)
def test_an_unknown_parameter_or_value_is_refused(api: Api, query: str) -> None:
    answer = api("GET", f"todos/?{query}")
    assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json")


def test_each_filter_finds_what_it_names_and_nothing_else(api: Api) -> None:
    label = uuid4().hex
    _create(api, "other", labels=[label])
    fields = {"priority": "urgent", "due_date": "2031-05-06", "labels": [label, "x"], "assignee": label[:8]}
    wanted = _create(api, f"wanted {label}", description=f"about {label[:6]}", **fields)
    api("POST", f"todos/{wanted['code']}/start/", if_match="*")
    api.drain()
    queries = ["status=in_progress", "status=in_progress&status=completed", "priority=urgent", "due=2031-05-06"]
    queries += ["due_after=2031-05-05", "due_before=2031-05-07", f"assignee={label[:8]}", f"q=about {label[:6]}"]
    for query in queries:
        found = api("GET", f"todos/?label={label}&{query}").json()["results"]
        assert [each["code"] for each in found] == [wanted["code"]], query
    assert len(api("GET", f"todos/?label={label}&status=pending&status=in_progress").json()["results"]) == 2


@pytest.mark.parametrize("name", ["%00", "x" * 3000, "%ED%A0%80", "TODO%23globex%23TODO%23TODO-000001", "..%2F"])
def test_a_name_of_nothing_is_not_found(api: Api, name: str) -> None:
    for path in (f"todos/{name}/", f"todos/{name}/?consistent=true", f"todos/{name}/history/"):
        assert api("GET", path).status_code == 404
    assert api("POST", f"todos/{name}/complete/", if_match="*").status_code == 404


@pytest.mark.parametrize("query", ["version=0", "version=x", "version=99", "as_of=never", "version=1&as_of=2026-01-01"])
def test_a_bad_place_in_time_is_4xx(api: Api, query: str) -> None:
    name = _create(api, "Milk")["code"]
    assert api("GET", f"todos/{name}/?{query}").status_code in (400, 404)


def test_a_forgotten_slash_keeps_method_and_body(api: Api) -> None:
    answer = api("POST", "todos", {"name": "x"})
    assert (answer.status_code, answer["Location"]) == (308, "/api/v1/todos/")


def test_wrong_media_type_and_method(api: Api, acme: TestTenant) -> None:
    assert api("PUT", "todos/").status_code == 405
    assert api("POST", "todos/", b"name=x", content_type="text/plain").status_code == 415


def test_time_travel_by_version_and_by_time(api: Api) -> None:
    first = _create(api, "Milk")
    second = api("PATCH", f"todos/{first['code']}/", {"name": "Rye"}, if_match="*").json()
    assert api("GET", f"todos/{first['code']}/?version=1").json() == first
    assert api("GET", f"todos/{first['code']}/?as_of={first['updated_at']}").json() == first
    assert api("GET", f"todos/{first['code']}/?consistent=true").json() == second
    assert api("GET", f"todos/{first['code']}/?as_of=2001-01-01T00:00:00Z").status_code == 404


def test_the_history_tells_who_did_what_and_what_it_changed(api: Api) -> None:
    todo = _create(api, "Milk")
    api("PATCH", f"todos/{todo['id']}/", {"name": "Rye"}, if_match="*", x_request_id="r-7")
    history = api("GET", f"todos/{todo['id']}/history/").json()["results"]
    assert history[1]["diff"] == [{"field": "name", "before": "Milk", "after": "Rye"}]
    assert (history[1]["args"], history[1]["request_id"]) == ({"name": "Rye"}, "r-7")
    assert history[1]["by"].startswith("key:")


def test_a_list_with_the_token_of_a_write_shows_it(api: Api) -> None:
    name = str(uuid4())
    written = api("POST", "todos/", {"name": name})
    with ThreadPoolExecutor(1) as worker:
        worker.submit(api.drain)
        found = api("GET", f"todos/?q={name}", consistency_token=written["Consistency-Token"])
    assert [todo["version"] for todo in found.json()["results"]] == [1]
    assert not found.has_header("Read-Model-Behind")


def test_a_write_may_wait_until_its_rows_are_visible(api: Api) -> None:
    with ThreadPoolExecutor(1) as worker:
        writing = worker.submit(api, "POST", "todos/", {"name": "x"}, prefer="wait=99")
        while not writing.done():
            api.drain()
    assert writing.result()["Preference-Applied"] == "wait=5"


def test_a_write_that_waited_in_vain_is_answered_all_the_same(api: Api) -> None:
    answer = api("POST", "todos/", {"name": "x"}, prefer="wait=1")
    assert answer.status_code == 201
    assert not answer.has_header("Preference-Applied")


def test_a_read_waits_for_20_writes_at_most(api: Api) -> None:
    token = api("POST", "todos/", {"name": "x"})["Consistency-Token"]
    api.drain()
    assert api("GET", "todos/", consistency_token=",".join([token] * 20)).status_code == 200
    many = ",".join(token.replace("@", f"{number}@") for number in range(21))
    assert api("GET", "todos/", consistency_token=many).status_code == 400


def test_a_long_history_goes_on_above_a_version(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resource, "HISTORY_MOST", 2)
    name = _create(api, "Milk")["code"]
    for number in range(2):
        api("PATCH", f"todos/{name}/", {"name": f"{number}"}, if_match="*")
    first = api("GET", f"todos/{name}/history/").json()
    rest = api("GET", first["next"]).json()
    assert [each["version"] for each in first["results"] + rest["results"]] == [1, 2, 3]
    assert rest["results"][0]["diff"] == [{"field": "name", "before": "0", "after": "1"}]
    assert rest["next"] is None


def test_a_list_that_is_still_behind_says_so(api: Api) -> None:
    written = api("POST", "todos/", {"name": "x"})["Consistency-Token"]
    behind = api("GET", "todos/?limit=1", consistency_token=written.replace("@1", "@2"))
    assert (behind.status_code, behind["Read-Model-Behind"]) == (200, "true")


def test_a_token_of_another_tenant_is_refused(api: Api, globex: TestTenant) -> None:
    token = Api(globex)("POST", "todos/", {"name": "x"})["Consistency-Token"]
    assert api("GET", "todos/", consistency_token=token).status_code == 400


def test_pages_are_stable_while_others_insert(api: Api) -> None:
    label = str(uuid4())
    for number in range(7):
        _create(api, f"{number}", labels=[label])
    api.drain()
    first = api("GET", f"todos/?label={label}&limit=3").json()
    _create(api, "late", labels=[label])
    api.drain()
    second = api("GET", first["next"]).json()
    third = api("GET", second["next"]).json()
    names = [[todo["name"] for todo in page["results"]] for page in (first, second, third)]
    assert names == [["6", "5", "4"], ["3", "2", "1"], ["0"]]
    assert third["next"] is None
    assert [todo["name"] for todo in api("GET", second["previous"]).json()["results"]] == ["6", "5", "4"]


@pytest.mark.parametrize("ordering", ["due_date", "-due_date"])
def test_pages_go_through_empty_values_both_ways(api: Api, ordering: str) -> None:
    label = str(uuid4())
    for due in ["2026-01-02", None, "2026-01-01", None, "2026-01-03"]:
        _create(api, "x", labels=[label], due_date=due)
    api.drain()
    forward, url = [], f"todos/?label={label}&limit=2&ordering={ordering}"
    pages = []
    while url:
        pages.append(api("GET", url).json())
        forward += [todo["code"] for todo in pages[-1]["results"]]
        url = pages[-1]["next"]
    assert len(forward) == len(set(forward)) == 5
    back = api("GET", pages[-1]["previous"]).json()["results"]
    assert [todo["code"] for todo in back] == forward[2:4]


def test_a_cursor_of_another_tenant_or_list_is_refused(api: Api, globex: TestTenant) -> None:
    theirs = Api(globex)
    for _ in range(2):
        _create(theirs, "x")
    theirs.drain()
    cursor = theirs("GET", "todos/?limit=1").json()["next"].partition("?")[2]
    assert api("GET", f"todos/?{cursor}").status_code == 400


def test_the_events_tell_what_happened_in_order(api: Api) -> None:
    todo = _create(api, "Milk")
    api("POST", f"todos/{todo['code']}/complete/", if_match="*")
    api.drain()
    events, url = [], "events/?limit=100"
    while url:
        page = api("GET", url).json()
        events += page["results"]
        url = page["next"]
    mine = [event for event in events if event["subject"] == todo["code"]]
    assert [(event["id"], event["type"]) for event in mine] == [
        (f"{todo['id']}@1", "todo.created"),
        (f"{todo['id']}@2", "todo.completed"),
    ]
    assert [event["position"] for event in events] == list(range(1, len(events) + 1))
    assert {event["tenantcode"] for event in events} == {"acme"}


def test_the_schema_describes_every_rule(api: Api) -> None:
    schema = json.loads(api("GET", "http://acme.localhost/api/schema/?format=json").content)
    assert schema["openapi"].startswith("3.1")
    body = schema["paths"]["/api/v1/todos/{name}/edit/"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    assert set(body["properties"]) == {
        *("name", "description", "due_date", "priority", "labels", "assignee"),
        "version",
    }


def _create(api: Api, name: str, **fields: object) -> dict[str, Any]:
    answer = api("POST", "todos/", {"name": name, **fields})
    assert answer.status_code == 201, answer.content
    todo: dict[str, Any] = answer.json()
    return todo


def _without_request_id(answer: Any) -> dict[str, Any]:
    return {name: value for name, value in answer.json().items() if name != "request_id"}
