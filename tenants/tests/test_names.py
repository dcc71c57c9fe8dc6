"""Whose name stands where the log holds an id: those of this tenant only."""

from typing import Any

import pytest
from django_tenants.utils import schema_context

from tenants.models import User
from tenants.names import name_of


@pytest.fixture
def owner(acme: Any) -> User:
    return User.objects.get(email=acme.owner)


def test_another_tenants_people_and_keys_stay_ids(acme: Any, globex: Any, owner: User) -> None:
    key = f"key:{acme.key.split('_')[1]}"
    with schema_context(globex.schema):
        assert name_of(f"user:{owner.pk}") == f"user:{owner.pk}"
        assert name_of(key) == key


def test_ones_own_have_names(acme: Any, owner: User) -> None:
    with schema_context(acme.schema):
        assert name_of(f"user:{owner.pk}") == str(owner)
        assert name_of(f"key:{acme.key.split('_')[1]}") == "tests"


def test_whoever_left_keeps_their_name_here_and_has_none_elsewhere(hooli: Any, globex: Any, joined: Any) -> None:
    person = joined("member")
    person.memberships.all().delete()
    with schema_context(hooli.schema):
        assert name_of(f"user:{person.pk}") == "Member Person"
    with schema_context(globex.schema):
        assert name_of(f"user:{person.pk}") == f"user:{person.pk}"


def test_a_person_who_is_deleted_leaves_no_name(hooli: Any, joined: Any) -> None:
    person = joined("member")
    actor = f"user:{person.pk}"
    person.delete()
    with schema_context(hooli.schema):
        assert name_of(actor) == actor


@pytest.mark.parametrize("actor", ["", "user:", "user:x", "user:²", "user:" + "9" * 30, "Ada", "user:1:2", "key:\x01"])
def test_anything_else_is_itself(acme: Any, actor: str) -> None:
    with schema_context(acme.schema):
        assert name_of(actor) == actor
