"""A restore that a worker follows while the facts are put: whatever record comes first, nothing is parked."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from conftest import Api, TestTenant
from cqrs.dynamodb.store import DynamoStore
from cqrs.dynamodb.stream import DynamoSource
from cqrs.projector import apply
from cqrs.store import Fact
from cqrs.stream.models import Parked
from cqrs.tests.place import own_projections
from cqrs.verify import verify
from tenants.archive import export, from_file, restore
from tenants.keys import create_key
from tenants.models import Tenant
from tenants.provisioning import host_for, provision


class Followed(DynamoStore):
    """Puts a batch newest first, which DynamoDB may as well, and shows each fact as soon as it is there, as the worker
    that follows the stream does."""

    def load(self, facts: Sequence[Fact]) -> None:
        for fact in sorted(facts, key=lambda fact: -fact.version):
            super().load([fact])
            apply([fact], store=self)


@pytest.fixture
def source(tenants: Any) -> TestTenant:
    """A tenant whose survey was created, published, answered, closed, reopened and removed."""
    code = f"src{uuid4().hex[:10]}"
    tenant = provision(code, name=code, owner_email=f"owner@{code}.example")
    _, key = create_key(tenant, name="tests", scopes=frozenset({"*"}))
    api = Api(made := TestTenant(code, host_for(code), tenant.schema_name, "", "", "", key))
    question = {"id": "dish", "type": "text", "text": "What?"}
    survey = api("POST", "surveys/", {"title": "Lunch", "sections": [{"id": "all", "questions": [question]}]}).json()
    path = f"surveys/{survey['code']}/"
    api("POST", f"{path}publish/", {}, if_match="*")
    assert api("POST", f"{path}responses/", {"answers": {"dish": "soup"}, "version": 1}).status_code == 201
    for rule in ("close", "reopen", "remove"):
        assert api("POST", f"{path}{rule}/", {}, if_match="*").status_code == 200
    api.drain()
    return made


def test_a_survey_with_a_long_life_is_restored_whole(source: TestTenant, tmp_path: Path) -> None:
    file, into = tmp_path / "tenant.zip", f"new{uuid4().hex[:10]}"
    export(Tenant.objects.get(code=source.code), file, store=DynamoStore(), by="tests")
    restore(from_file(file), into=into, store=Followed(), by="tests")
    assert list(Parked.objects.filter(tenant_code=into).values_list("entity_id", "error")) == []
    with own_projections():
        found = verify([into], source=DynamoSource(), store=DynamoStore(), wait=0)
        assert [each for each in found if each.is_fault] == []
