"""The live stream of events."""

import gc
import json
import threading
from typing import Any
from uuid import uuid4

import pytest

from conftest import Api, TestTenant
from face import events
from face.refusals import TooManyStreams


def _read(stream: Any) -> list[dict[str, Any]]:
    """The events in the next piece of a stream."""
    blocks = next(stream).decode().split("\n\n")
    return [json.loads(block.partition("data: ")[2]) for block in blocks if "data: " in block]


def test_anonymous_and_another_tenant_get_no_stream(acme: TestTenant, globex: TestTenant) -> None:
    for key in (None, globex.key):
        assert Api(acme, key=key)("GET", "events/stream/").status_code == 401


def test_it_goes_on_after_a_position_and_hears_what_comes_next(api: Api, globex: TestTenant) -> None:
    api.drain()
    newest = _newest(api)
    response = api("GET", "events/stream/", last_event_id=str(newest), accept="text/event-stream")
    assert response["Content-Type"] == "text/event-stream"
    stream = iter(response.streaming_content)
    assert next(stream) == b"retry: 2000\n\n"
    assert _read(stream) == []
    Api(globex)("POST", "todos/", {"name": "another tenant's"})
    written = api("POST", "todos/", {"name": (name := str(uuid4()))}).json()
    api.drain()
    heard = _read(stream)
    assert [(each["position"], each["type"], each["data"]["name"]) for each in heard] == [
        (newest + 1, "todo.created", name)
    ]
    assert heard[0]["id"] == f"{written['id']}@1"
    response.close()


def test_without_a_position_it_begins_now(api: Api) -> None:
    api("POST", "todos/", {"name": "before"})
    api.drain()
    response = api("GET", "events/stream/")
    stream = iter(response.streaming_content)
    next(stream)
    assert _read(stream) == []
    response.close()


def test_places_are_limited_and_given_back(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events, "_places", threading.BoundedSemaphore(1))
    first = api("GET", "events/stream/")
    full = api("GET", "events/stream/")
    assert (full.status_code, full.json()["code"]) == (503, "too_many_streams")
    assert full["Retry-After"]
    first.close()
    assert api("GET", "events/stream/").status_code == 200


def test_a_place_is_given_back_even_when_nobody_closes_the_stream(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events, "_places", threading.BoundedSemaphore(1))
    live = events.Live("acme", 0)
    with pytest.raises(TooManyStreams):
        events.Live("acme", 0)
    del live
    gc.collect()
    events.Live("acme", 0).close()


@pytest.mark.parametrize("position", ["x", "-1", "1e3", "9" * 30])
def test_a_malformed_position_is_refused(api: Api, position: str) -> None:
    assert api("GET", "events/stream/", last_event_id=position).status_code == 400
    assert api("GET", f"events/?after={position}").status_code == 400


def _newest(api: Api) -> int:
    position, url = 0, "events/?limit=100"
    while url:
        page = api("GET", url).json()
        position, url = (page["results"] or [{"position": position}])[-1]["position"], page["next"]
    return position


def test_a_position_that_the_journal_does_not_reach_is_gone(api: Api) -> None:
    api.drain()
    newest = _newest(api)
    assert api("GET", f"events/?after={newest}").json()["results"] == []
    for path in ("events/", "events/stream/"):
        gone = api("GET", f"{path}?after={newest + 1000000}")
        assert (gone.status_code, gone.json()["code"]) == (410, "cursor_expired")
