"""SIGTERM to a real web process: live streams end cleanly, requests in flight are answered, and it is gone in time."""

import json
import re
import time
from contextlib import ExitStack

from config.tests.serving import serving
from config.tests.wire import read_until, sent
from conftest import Api, TestTenant
from face.events import HEARTBEAT

STOP_TIMEOUT = 10.0
END_OF_BODY = b"0\r\n\r\n"


def headers(acme: TestTenant, **more: str) -> dict[str, str]:
    own = {"Host": acme.host, "Authorization": f"Bearer {acme.key}"}
    return own | {name.replace("_", "-"): value for name, value in more.items()}


def test_it_ends_in_time_with_streams_open_and_a_request_in_flight_and_clients_resume(
    api: Api, acme: TestTenant
) -> None:
    api("POST", "todos/", {"name": "before"})
    api.drain()
    body = json.dumps({"name": "in flight"}).encode()
    with serving() as web, ExitStack() as open_:
        head = "GET /api/v1/events/stream/?after=0"
        streams = [open_.enter_context(sent(web.port, head, headers(acme))) for _ in range(5)]
        seen = [read_until(stream, b"data: ") for stream in streams]
        assert all(b"data: " in each for each in seen)
        wanted = headers(acme, Content_Type="application/json", Content_Length=str(len(body)), Expect="100-continue")
        flying = open_.enter_context(sent(web.port, "POST /api/v1/todos/", wanted))
        assert b" 100 " in read_until(flying, b"\r\n\r\n")  # it reads the body now
        begun = time.monotonic()
        web.process.terminate()
        ends = [read_until(stream, END_OF_BODY) for stream in streams]
        assert all(end.endswith(END_OF_BODY) for end in ends), "a stream was cut"
        assert time.monotonic() - begun < HEARTBEAT  # told, rather than waited for
        flying.sendall(body)
        assert b" 201 " in read_until(flying, b"\r\n\r\n").partition(b"\r\n")[0]
        assert web.process.wait(STOP_TIMEOUT - (time.monotonic() - begun)) == 0
    last = re.findall(rb"^id: (\d+)$", seen[0] + ends[0], re.MULTILINE)[-1].decode()
    api.drain()
    resumed = iter(api("GET", "events/stream/", last_event_id=last).streaming_content)
    assert next(resumed) == b"retry: 2000\n\n"
    assert next(resumed).startswith(f"id: {int(last) + 1}\n".encode())


def test_a_request_that_never_ends_is_cut_in_time(acme: TestTenant) -> None:
    wanted = headers(acme, Content_Type="application/json", Content_Length="10", Expect="100-continue")
    with serving() as web, sent(web.port, "POST /api/v1/todos/", wanted) as flying:
        assert b" 100 " in read_until(flying, b"\r\n\r\n")
        web.process.terminate()
        web.process.wait(STOP_TIMEOUT)
