"""Making tenants: everything at once, and safely again."""

from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.utils import timezone
from django_tenants.utils import schema_context

from cqrs.domain import Refused
from cqrs.models import Home, JournalLine
from tenants.models import Domain, Membership, Tenant, User
from tenants.provisioning import create_public, provision
from tenants.tests.browsers import browser


def test_a_tenant_is_whole(tenants: Any) -> None:
    tenant = provision("umbrella-2", name="Umbrella", owner_email="Owner@Umbrella.example", password="x" * 12)
    assert tenant.state == Tenant.State.ACTIVE
    assert Membership.objects.get(tenant=tenant).user.email == "owner@umbrella.example"
    assert browser("umbrella-2.localhost").get("/sign-in/").status_code == 200
    with schema_context(tenant.schema_name):
        assert Home.objects.get().tenant_code == "umbrella-2"


def test_again_it_changes_nothing(acme: Any) -> None:
    def state() -> Any:
        models = (Tenant, Domain, Membership, User)
        return [list(model.objects.order_by("pk").values()) for model in models]

    before = state()
    provision("acme", name="Another name", owner_email=acme.owner, password="another password")
    create_public()
    assert state() == before


@pytest.mark.parametrize("code", ["", "a", "public", "Acme", "a_b", "1a", "-a", "a" * 32, "a b", "a\n", "ä" * 3, "ab-"])
def test_a_bad_code_is_refused(code: str) -> None:
    with pytest.raises(Refused):
        provision(code, name="Bad", owner_email="owner@bad.example")


def test_the_command_says_what_is_wrong(tenants: Any) -> None:
    with pytest.raises(CommandError, match="small letters"):
        call_command("provision_tenant", "Bad Code", owner_email="owner@bad.example")


def test_postgres_itself_refuses_a_row_of_another_tenant(acme: Any, globex: Any) -> None:
    texts = ("entity_id", "type", "sk", "code", "name", "fact", "rule", "by", "created_by", "command_id")
    line = JournalLine(
        **dict.fromkeys(texts, "x"),
        **dict.fromkeys(("at", "created_at"), timezone.now()),
        position=-1,
        version=1,
        schema=1,
        args={},
        attributes={},
        is_deleted=False,
        tenant_id=globex.code,
    )
    with schema_context(acme.schema), pytest.raises(IntegrityError, match="globex"):
        line.save()


def test_an_e_mail_address_in_capitals_is_refused_by_postgres(tenants: Any) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.create(email="Big@acme.example")


def test_an_unknown_time_zone_is_refused(tenants: Any) -> None:
    with pytest.raises(CommandError, match="no time zone"):
        call_command("provision_tenant", "lost", owner_email="owner@lost.example", time_zone="Mars/Olympus")
    assert not Tenant.objects.filter(code="lost").exists()
