"""A row that was never saved is told of as any other: each of its fields has a value."""

import pytest
from django.apps import apps
from django.db.models.functions import Now

from cqrs.models import JournalLine
from face.bodies import dumps


def test_what_the_database_fills_in_has_a_value_before_that() -> None:
    fields = [field for model in apps.get_models() for field in model._meta.concrete_fields]
    assert [str(field) for field in fields if field.has_db_default() and not field.has_default()] == []
    assert (JournalLine().on_behalf_of, JournalLine().trace) == ("", "")


def test_what_has_no_value_is_a_defect_and_is_told_to_nobody() -> None:
    with pytest.raises(TypeError):
        dumps({"at": Now()})
    with pytest.raises(TypeError):
        dumps({"line": JournalLine()})
