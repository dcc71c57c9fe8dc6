"""The stream is away for a while: a slice fails, no shard is given up, and afterwards all is shown."""

from uuid import uuid4

import pytest
from django_tenants.utils import schema_context

from conftest import Api, TestTenant
from cqrs.domain import Unavailable
from cqrs.stream.models import Shard
from cqrs.stream.slices import follow, follower
from cqrs.tests.proxy import Fate
from cqrs.tests.stand_in import StandIn, error, html, text
from todos.models import TodoRow

FATES = {
    "expired": error("ExpiredTokenException"),
    "forbidden": error("AccessDeniedException"),
    "missing": error("ResourceNotFoundException"),
    "strange": error("ConditionalCheckFailedException"),
    "html": html(200),
    "html 503": html(503),
    "empty": text(200, b"{}"),
    "garbled": text(200, b'{"Records": []}', {"x-amz-crc32": "1"}),
    "lost": Fate(is_lost=True),
}


@pytest.mark.usefixtures("soon")
@pytest.mark.parametrize("operation", ["GetRecords", "GetShardIterator", ""])
@pytest.mark.parametrize("fate", FATES.values(), ids=FATES.keys())
def test_a_stream_that_is_away_costs_nothing_but_time(
    api: Api, acme: TestTenant, stand_in: StandIn, fate: Fate, operation: str
) -> None:
    api.drain()
    name, closed = str(uuid4()), set(Shard.objects.filter(is_closed=True).values_list("id", flat=True))
    assert api("POST", "todos/", {"name": name}).status_code == 201
    follower()._places.clear()  # it begins anew, at the checkpoint
    stand_in.answer(then=fate, to=operation)
    for _ in range(2):
        with pytest.raises(Unavailable):
            follow()
    stand_in.answer()
    api.drain()
    assert set(Shard.objects.filter(is_closed=True).values_list("id", flat=True)) == closed
    with schema_context(acme.schema):
        assert TodoRow.objects.filter(name=name).count() == 1
