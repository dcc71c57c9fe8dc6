"""SIGTERM to a real web process: live streams end cleanly, requests in flight are answered, and it is gone in time."""

import json
import re
import signal
import time
from contextlib import ExitStack

import pytest

from config.tests.web_process import read_until, sent, web_process
from conftest import Api, TestTenant

STOP_TIMEOUT = 10.0
END_OF_BODY = b"0\r\n\r\n"


def headers(acme: TestTenant, **more: str) -> dict[str, str]:
    own = {"Host": acme.host, "Authorization": f"Bearer {acme.key}"}
    return own | {name.replace("_", "-"): value for name, value in more.items()}


@pytest.mark.parametrize("sign", [signal.SIGTERM, signal.SIGINT])
def test_it_ends_within_ten_seconds_with_streams_open_and_a_request_in_flight(
    api: Api, acme: TestTenant, sign: signal.Signals
) -> None:
    api("POST", "todos/", {"name": "before"})
    api.drain()
    body = json.dumps({"name": f"in flight, {sign.name}"}).encode()
    with web_process() as (process, port), ExitStack() as open_:
        streams = [
            open_.enter_context(sent(port, "GET /api/v1/events/stream/?after=0", headers(acme))) for _ in range(5)
        ]
        for stream in streams:
            assert b"data: " in read_until(stream, b"data: ")
        wanted = headers(acme, Content_Type="application/json", Content_Length=str(len(body)), Expect="100-continue")
        flying = open_.enter_context(sent(port, "POST /api/v1/todos/", wanted))
        assert b" 100 " in read_until(flying, b"\r\n\r\n")  # it reads the body now
        begun = time.monotonic()
        process.send_signal(sign)
        ends = [read_until(stream, END_OF_BODY) for stream in streams]
        assert all(end.endswith(END_OF_BODY) for end in ends), "a stream was cut"
        assert time.monotonic() - begun < 2.0  # told, rather than waited for
        flying.sendall(body)
        assert b" 201 " in read_until(flying, b"\r\n\r\n").partition(b"\r\n")[0]
        assert process.wait(STOP_TIMEOUT - (time.monotonic() - begun)) == 0


def test_a_client_resumes_where_its_stream_ended(api: Api, acme: TestTenant) -> None:
    api("POST", "todos/", {"name": "before"})
    api.drain()
    with web_process() as (process, port), sent(port, "GET /api/v1/events/stream/?after=0", headers(acme)) as stream:
        seen = read_until(stream, b"data: ")
        process.terminate()
        seen += read_until(stream, END_OF_BODY)
        assert process.wait(STOP_TIMEOUT) == 0
    last = int(re.findall(rb"^id: (\d+)$", seen, re.MULTILINE)[-1])
    api("POST", "todos/", {"name": "meanwhile"})
    api.drain()
    with (
        web_process() as (process, port),
        sent(port, "GET /api/v1/events/stream/", headers(acme, Last_Event_ID=str(last))) as stream,
    ):
        assert int(re.findall(rb"^id: (\d+)$", read_until(stream, b"data: "), re.MULTILINE)[0]) == last + 1
        process.terminate()
        assert process.wait(STOP_TIMEOUT) == 0


def test_a_request_that_never_ends_is_cut_in_time(acme: TestTenant) -> None:
    wanted = headers(acme, Content_Type="application/json", Content_Length="10", Expect="100-continue")
    with web_process() as (process, port), sent(port, "POST /api/v1/todos/", wanted) as flying:
        assert b" 100 " in read_until(flying, b"\r\n\r\n")
        process.terminate()
        process.wait(STOP_TIMEOUT)
