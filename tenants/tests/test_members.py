"""Who belongs to a tenant: anonymous first, another tenant second; and that an owner is always left."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connection, transaction

from conftest import Api, TestTenant
from cqrs.domain import Refused
from face.models import AuditLine
from tenants import members
from tenants.keys import create_key
from tenants.models import Membership, Tenant, User
from tenants.principal import Principal, Role
from tenants.tests.browsers import in_session
from tenants.tests.conftest import Joined, say

PATHS = [
    ("GET", "members/"),
    ("GET", "members/user:1/"),
    ("PATCH", "members/user:1/"),
    ("DELETE", "members/user:1/"),
    ("POST", "members/leave/"),
]


def id_of(user: User) -> str:
    return f"user:{user.pk}"


def as_one(site: TestTenant, user: User) -> Any:
    return in_session(site.host, user)


def role(user: User) -> str:
    return Membership.objects.get(user=user).role


@pytest.mark.parametrize(("method", "path"), PATHS)
def test_anonymous_is_asked_for_a_credential(hooli: TestTenant, method: str, path: str) -> None:
    assert Api(hooli, key=None)(method, path, {}).status_code == 401


@pytest.mark.parametrize(("method", "path"), PATHS)
def test_another_tenants_key_is_no_credential(hooli: TestTenant, acme: TestTenant, method: str, path: str) -> None:
    assert Api(hooli, key=acme.key)(method, path, {}).status_code == 401


@pytest.mark.parametrize(("method", "body"), [("GET", None), ("PATCH", {"role": "viewer"}), ("DELETE", None)])
def test_another_tenants_member_is_as_missing_as_nobody(
    hooli: TestTenant, acme: TestTenant, method: str, body: object
) -> None:
    theirs, asks = id_of(User.objects.get(email=acme.owner)), Api(hooli)
    answers = [
        asks(method, f"members/{id}/", body, x_request_id="same") for id in (theirs, "user:999999", "x", "key:1")
    ]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.content for answer in answers}) == 1
    assert Membership.objects.get(user__email=acme.owner).role == "owner"


def test_members_are_listed_a_page_at_a_time(hooli: TestTenant, joined: Joined) -> None:
    made = [joined("member") for _ in range(3)]
    api = Api(hooli)
    first = api("GET", "members/?limit=2").json()
    assert [each["id"] for each in first["results"]] == [id_of(made[2]), id_of(made[1])]
    assert first["previous"] is None
    second = api("GET", first["next"]).json()
    assert second["results"][0] == {
        "id": id_of(made[0]),
        "name": "Member Person",
        "email": made[0].email,
        "role": "member",
        "created_at": second["results"][0]["created_at"],
    }
    assert api("GET", "members/?who=me").json()["errors"][0]["code"] == "unknown_parameter"
    assert api("GET", f"members/{id_of(made[0])}/").json() == second["results"][0]


def test_an_owner_gives_any_role_and_it_is_on_the_audit(hooli: TestTenant, joined: Joined) -> None:
    owner, other = joined("owner"), joined("member")
    for wanted in ("owner", "viewer", "admin"):
        answer = say(as_one(hooli, owner), "PATCH", f"members/{id_of(other)}/", {"role": wanted})
        assert (answer.status_code, answer.json()["role"], role(other)) == (200, wanted, wanted)
    line = AuditLine.objects.filter(tenant_code="hooli", subject=id_of(other)).first()
    assert line
    told = line.by, line.action, line.detail
    assert told == (id_of(owner), "member.role_given", {"role": "admin", "before": "viewer"})


def test_the_same_role_again_changes_nothing(hooli: TestTenant, joined: Joined) -> None:
    member = joined("member")
    assert Api(hooli)("PATCH", f"members/{id_of(member)}/", {"role": "member"}).status_code == 200
    assert not AuditLine.objects.filter(tenant_code="hooli", subject=id_of(member)).exists()


def test_an_admin_changes_members_but_makes_and_unmakes_no_owner(hooli: TestTenant, joined: Joined) -> None:
    admin, owner, member = as_one(hooli, joined("admin")), joined("owner"), joined("member")
    assert say(admin, "PATCH", f"members/{id_of(member)}/", {"role": "viewer"}).status_code == 200
    refused = [
        say(admin, "PATCH", f"members/{id_of(member)}/", {"role": "owner"}),
        say(admin, "PATCH", f"members/{id_of(owner)}/", {"role": "member"}),
        say(admin, "DELETE", f"members/{id_of(owner)}/"),
        Api(hooli)("PATCH", f"members/{id_of(member)}/", {"role": "owner"}),  # nor does a key that may everything
    ]
    assert {(answer.status_code, answer.json()["code"]) for answer in refused} == {(403, "only_owners")}
    assert (role(owner), role(member)) == ("owner", "viewer")


@pytest.mark.parametrize("who", ["member", "viewer"])
def test_who_does_not_manage_looks_and_leaves(hooli: TestTenant, joined: Joined, who: str) -> None:
    user, other = joined(who), joined("viewer")
    client = as_one(hooli, user)
    assert say(client, "GET", "members/").status_code == 200
    assert say(client, "PATCH", f"members/{id_of(other)}/", {"role": "viewer"}).status_code == 403
    assert say(client, "DELETE", f"members/{id_of(other)}/").status_code == 403
    assert say(client, "POST", "members/leave/").status_code == 204
    assert say(client, "GET", "members/").status_code == 401


def test_a_key_manages_people_only_where_its_scopes_say_so(hooli: TestTenant, joined: Joined) -> None:
    member, tenant = joined("member"), Tenant.objects.get(code=hooli.code)
    small, large = (
        Api(hooli, key=create_key(tenant, name="k", scopes=scopes)[1])
        for scopes in (["todos:*", "*:read", "*:write"], ["members:manage"])
    )
    assert small("DELETE", f"members/{id_of(member)}/").status_code == 403
    assert small("POST", "members/leave/").json()["code"] == "not_a_member"
    assert large("DELETE", f"members/{id_of(member)}/").status_code == 204


def test_whoever_was_removed_is_out_at_once(hooli: TestTenant, joined: Joined) -> None:
    user = joined("member")
    client = as_one(hooli, user)
    assert Api(hooli)("DELETE", f"members/{id_of(user)}/").status_code == 204
    assert say(client, "GET", "todos/").status_code == 401
    assert Api(hooli)("DELETE", f"members/{id_of(user)}/").status_code == 404


def test_the_last_owner_stays(hooli: TestTenant) -> None:
    owner = User.objects.get(email=hooli.owner)
    client = as_one(hooli, owner)
    answers = [
        say(client, "PATCH", f"members/{id_of(owner)}/", {"role": "admin"}),
        say(client, "DELETE", f"members/{id_of(owner)}/"),
        say(client, "POST", "members/leave/"),
    ]
    assert {(answer.status_code, answer.json()["code"]) for answer in answers} == {(422, "last_owner")}


def test_an_owner_leaves_where_another_is_left(hooli: TestTenant, joined: Joined) -> None:
    assert say(as_one(hooli, joined("owner")), "POST", "members/leave/").status_code == 204


@pytest.mark.parametrize("body", [{}, {"role": "king"}, {"role": None}, {"role": "viewer", "x": 1}, []])
def test_what_is_no_role_is_refused(hooli: TestTenant, joined: Joined, body: object) -> None:
    assert Api(hooli)("PATCH", f"members/{id_of(joined('member'))}/", body).status_code == 400


def test_a_repeat_under_the_same_key_is_answered_as_the_first_time(hooli: TestTenant, joined: Joined) -> None:
    path = f"members/{id_of(joined('member'))}/"
    first = Api(hooli)("PATCH", path, {"role": "viewer"}, idempotency_key=path)
    Api(hooli)("PATCH", path, {"role": "admin"})
    again = Api(hooli)("PATCH", path, {"role": "viewer"}, idempotency_key=path)
    assert (again.json(), again.headers["Idempotent-Replayed"]) == (first.json(), "true")
    assert Api(hooli)("GET", path).json()["role"] == "admin"


@pytest.mark.parametrize("change", ["demote", "remove", "leave"])
def test_of_two_owners_who_unmake_each_other_at_once_one_is_left(
    hooli: TestTenant, joined: Joined, change: str
) -> None:
    tenant, keeper = Tenant.objects.get(code=hooli.code), Membership.objects.get(user__email=hooli.owner)
    keeper.delete()  # for the length of this test these two are all there are
    try:
        for _ in range(5):
            two = joined("owner"), joined("owner")
            assert sorted(_at_once(tenant, two, change)) == ["done", "refused"]
            left = Membership.objects.filter(tenant=tenant, role="owner")
            assert left.count() == 1
            left.delete()
    finally:
        Membership.objects.create(user=keeper.user, tenant=tenant, role="owner")


def _at_once(tenant: Tenant, two: tuple[User, User], change: str) -> list[str]:
    start = Barrier(2)

    def unmake(mine: User, theirs: User) -> str:
        me = Principal.member(user_id=mine.pk, name="", role="owner", tenant=tenant.code)
        start.wait()
        try:
            with transaction.atomic():
                match change:
                    case "demote":
                        members.give_role(me, tenant, id_of(theirs), Role.ADMIN)
                    case "remove":
                        members.remove(me, tenant, id_of(theirs))
                    case _:
                        members.leave(me, tenant)
            return "done"
        except Refused:
            return "refused"
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(unmake, two, reversed(two)))
