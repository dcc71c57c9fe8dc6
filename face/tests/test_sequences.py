"""How a tenant numbers: anonymous first, another tenant second."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from conftest import Api, TestTenant
from cqrs.numbering import settings
from tenants.keys import create_key
from tenants.models import Tenant
from tenants.principal import Principal, Role

PATHS = [("GET", "sequences/"), ("GET", "sequences/todo/"), ("PATCH", "sequences/todo/")]
DECLARED = {"format": "TODO-%%no#:0>6%%", "rotation": "none", "start_month": None, "register_date": None}
DECLARED |= {"prefix": "", "postfix": ""}


@pytest.fixture(autouse=True)
def _as_declared(acme: TestTenant) -> Iterator[None]:
    """Other tests number this tenant's todos, too."""
    yield
    settings.keep(acme.code, "TODO", DECLARED, by="user:1")


@pytest.mark.parametrize(("method", "path"), PATHS)
def test_anonymous_is_asked_for_a_credential(acme: TestTenant, method: str, path: str) -> None:
    assert Api(acme, key=None)(method, path, {"prefix": "X"}).status_code == 401


@pytest.mark.parametrize(("method", "path"), PATHS)
def test_another_tenants_key_is_no_credential(acme: TestTenant, globex: TestTenant, method: str, path: str) -> None:
    assert Api(acme, key=globex.key)(method, path, {"prefix": "X"}).status_code == 401


def test_another_tenant_numbers_as_before(api: Api, globex: TestTenant) -> None:
    api("PATCH", "sequences/todo/", {"prefix": "ACME-"})
    assert Api(globex)("GET", "sequences/todo/").json()["prefix"] == ""
    assert Api(globex)("POST", "todos/", {"name": "x"}).json()["code"].startswith("TODO-")


def test_only_who_manages_may_set_and_who_reads_may_look(acme: TestTenant) -> None:
    _, key = create_key(Tenant.objects.get(code=acme.code), name="r", scopes=frozenset({"settings:read"}))
    reader = Api(acme, key=key)
    assert reader("GET", "sequences/todo/").status_code == 200
    assert reader("PATCH", "sequences/todo/", {"prefix": "X"}).status_code == 403
    roles = {
        role: Principal.member(user_id=1, name="", role=role, tenant=acme.code).may("settings:manage") for role in Role
    }
    assert roles == {Role.OWNER: True, Role.ADMIN: True, Role.MEMBER: False, Role.VIEWER: False}


def test_each_numbered_type_is_listed_with_the_code_to_come(api: Api) -> None:
    code = api("POST", "todos/", {"name": "x"}).json()["code"]
    found = {each["type"]: each for each in api("GET", "sequences/").json()["results"]}
    assert found["todo"] == api("GET", "sequences/todo/").json()
    preview = found["todo"].pop("preview")
    assert found["todo"] == {"type": "todo", "fast": True, **DECLARED}
    assert int(preview.removeprefix("TODO-")) == int(code.removeprefix("TODO-")) + 1


def test_what_is_set_holds_from_the_next_command_on(api: Api) -> None:
    year = datetime.now(UTC).year
    wanted = {"format": "%%year%%-%%no#:0>4%%", "rotation": "yearly", "prefix": "T-", "postfix": "-A"}
    answer = api("PATCH", "sequences/todo/", wanted)
    assert answer.status_code == 200, answer.content
    assert wanted.items() <= answer.json().items()
    made = api("POST", "todos/", {"name": "x"}).json()
    assert made["code"] == answer.json()["preview"]
    assert made["code"].startswith(f"T-{year}-")
    assert api("GET", f"todos/{made['code']}/").status_code == 200
    kept = api("PATCH", "sequences/todo/", {"postfix": ""}).json()
    assert (kept["format"], kept["prefix"], kept["postfix"]) == ("%%year%%-%%no#:0>4%%", "T-", "")


@pytest.mark.parametrize(
    ("body", "status", "code", "pointer"),
    [
        ({"format": "%%nr%%"}, 422, "invalid_format", "/format"),
        ({"rotation": "yearly"}, 422, "invalid_format", "/format"),
        ({"start_month": 13}, 422, "invalid_format", "/start_month"),
        ({"prefix": "a/b"}, 422, "invalid_code", "/format"),
        ({"rotation": "hourly"}, 400, "malformed", "/rotation"),
        ({"fast": False}, 400, "malformed", "/fast"),
        ({"register_date": "yesterday"}, 400, "malformed", "/register_date"),
    ],
)
def test_what_cannot_number_is_refused_where_it_is_set(
    api: Api, body: dict[str, object], status: int, code: str, pointer: str
) -> None:
    answer = api("PATCH", "sequences/todo/", body)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.json()["errors"][0]["pointer"] == pointer
    assert api("GET", "sequences/todo/").json()["format"] == DECLARED["format"]


def test_numbers_that_would_run_into_codes_there_are_cannot_be_set(api: Api) -> None:
    api("PATCH", "sequences/todo/", {"format": "%%year%%%%month%%-%%no%%", "rotation": "monthly"})
    codes = [api("POST", "todos/", {"name": "x"}).json()["code"] for _ in range(3)]
    answer = api("PATCH", "sequences/todo/", {"rotation": "yearly"})
    assert (answer.status_code, answer.json()["code"]) == (422, "code_taken")
    assert answer.json()["taken"] in codes


def test_what_is_not_numbered_is_not_found(api: Api) -> None:
    assert api("GET", "sequences/nothing/").status_code == 404
