"""As of: read models as they were, beside those that are."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone
from django_tenants.utils import schema_context

from cqrs.rebuild import past as pasts_
from cqrs.rebuild.past import KEPT, NotYet, TooManyPasts, as_of, forget, pasts
from cqrs.rebuild.shadow import schemas_like
from cqrs.tests.place import Place, own_projections
from todos.domain import TODO, edit, remove
from todos.models import TodoRow


@pytest.fixture(autouse=True)
def _leaves_nothing_behind(place: Place) -> Iterator[None]:
    yield
    for each in pasts(place.code):
        forget(each)
    with connection.cursor() as cursor:
        assert schemas_like(cursor, f"{place.schema}__") == []


def test_rows_equal_those_that_were_live_at_that_time(place: Place) -> None:
    sk = place.todo("before")
    place.drain()
    then, at = rows(place.schema), timezone.now()
    place.writer.send(TODO.ref(sk).ask(edit, name="after"))
    place.writer.send(TODO.ref(place.todo("new")).ask(remove))
    place.drain()
    assert rows(looked_back(place, at)) == then != rows(place.schema)
    assert place.verify() == []


def test_before_the_first_fact_there_was_nothing(place: Place) -> None:
    assert rows(looked_back(place, timezone.now() - timedelta(days=1))) == []


def test_the_future_is_not_shown(place: Place) -> None:
    with pytest.raises(NotYet):
        looked_back(place, timezone.now() + timedelta(days=1))


def test_a_few_are_kept_and_for_a_while(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pasts_, "MOST", 2)
    first, second, third = (timezone.now() - timedelta(days=day) for day in (1, 2, 3))
    looked_back(place, first)
    schema = looked_back(place, second)
    assert looked_back(place, second) == schema  # the same time again: made again
    with pytest.raises(TooManyPasts):
        looked_back(place, third)
    with connection.cursor() as cursor:
        cursor.execute(f"COMMENT ON SCHEMA {schema} IS '{(timezone.now() - KEPT * 2).isoformat()}'")
    assert [each.at for each in pasts(place.code)] == [first]
    looked_back(place, third)
    with connection.cursor() as cursor:
        assert schema not in schemas_like(cursor, place.schema)


def test_one_that_an_earlier_release_made_is_not_offered(place: Place) -> None:
    schema = looked_back(place, timezone.now())
    assert [each.schema for each in pasts(place.code, model=TodoRow)] == [schema]
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {schema}.todo DROP COLUMN labels")
    assert pasts(place.code, model=TodoRow) == []


def test_the_command_makes_lists_and_drops(place: Place) -> None:
    def said(*words: Any, **options: Any) -> str:
        out = StringIO()
        with own_projections():
            call_command("as_of", place.code, *words, stdout=out, **options)
        return out.getvalue()

    assert "__asof_20261101t000000000000" in said("2026-11-01T00:00:00Z")
    assert said(list=True).startswith("2026-11-01T00:00:00+00:00")
    assert "dropped" in said("2026-11-01", drop=True)
    assert said(list=True) == ""
    for words, options in (((), {}), (("2026-11-01",), {"drop": True}), (("2999-01-01",), {})):
        with pytest.raises(CommandError):
            said(*words, **options)


def looked_back(place: Place, at: datetime) -> str:
    with own_projections():
        return as_of(place.code, at, store=place.store, by="test").schema


def rows(schema: str) -> list[Any]:
    with schema_context(schema):
        return list(TodoRow.objects.order_by("id").values())
