"""What each role may do, and how scopes narrow it."""

import pytest

from tenants.principal import Principal, Role


def member(role: Role) -> Principal:
    return Principal.member(user_id=1, name="Ada", role=role, tenant="acme")


def key(*scopes: str) -> Principal:
    return Principal.key(prefix="abc", name="CI", scopes=frozenset(scopes), tenant="acme")


@pytest.mark.parametrize(
    ("role", "granted", "denied"),
    [
        (Role.OWNER, {"todos:read", "todos:write", "members:manage", "tenant:delete"}, set()),
        (Role.ADMIN, {"todos:read", "todos:write", "members:manage"}, {"tenant:delete"}),
        (Role.MEMBER, {"todos:read", "todos:write"}, {"members:manage", "tenant:delete"}),
        (Role.VIEWER, {"todos:read"}, {"todos:write", "members:manage", "tenant:delete"}),
    ],
)
def test_a_role_may_what_the_table_says(role: Role, granted: set[str], denied: set[str]) -> None:
    assert {permission for permission in granted | denied if member(role).may(permission)} == granted


def test_a_key_may_only_what_its_scopes_name() -> None:
    assert key("todos:read").may("todos:read")
    assert not key("todos:read").may("todos:write")
    assert not key("todos:read").may("orders:read")
    assert key("todos:*").may("todos:write")
    assert not key().may("todos:read")


def test_a_key_never_acts_as_an_owner() -> None:
    assert not key("*").may("tenant:delete")


def test_actors_are_told_apart() -> None:
    staff = Principal.staff(user_id=1, name="Sam", tenant="acme")
    assert [each.actor.id for each in (member(Role.OWNER), key(), staff)] == ["user:1", "key:abc", "staff:1"]
