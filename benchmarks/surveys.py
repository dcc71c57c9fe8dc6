"""A survey with many responses, over HTTP: sending one more, the results page, and what-if. Runs alone, too:

python -m benchmarks.surveys --responses 100000
"""

import argparse
import asyncio
import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from http.client import HTTPConnection
from typing import Any

import django

from benchmarks import report
from benchmarks.browser import Browser
from benchmarks.lines import Line, Seconds, judged, p50, spread
from benchmarks.stage import Stage, furnished, own_stores, processes

RESULTS_BAR, WHAT_IF_BAR, SUBMIT_BAR = 0.3, 10.0, 1.2
FEW, SENT, SEEN = 100, 200, 40
WARM_UP, PASSWORD = 20, "correct horse battery"
"""Responses there are at first; how many are sent, and how often the page is asked for, each time."""


def main() -> None:
    """Measure, and print the table."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--responses", type=int, default=100_000)
    given = asked.parse_args()
    with own_stores():
        os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
        django.setup()
        found = asyncio.run(_measured(furnished(), responses=given.responses))
    sys.stdout.write(f"{report.table(found)}\n")


async def _measured(stage: Stage, *, responses: int) -> list[Line]:
    """With the web and worker processes there; in a thread, for the loop watches over them."""
    async with processes():
        return await asyncio.to_thread(lambda: list(lines(stage, responses=responses)))


def lines(stage: Stage, *, responses: int) -> Iterator[Line]:
    """Submit at few and at many; results and what-if at many."""
    from django_tenants.utils import schema_context  # noqa: PLC0415  # imported once Django is set up

    from benchmarks.survey_rows import insert, survey_in  # noqa: PLC0415

    code = survey_in(stage)
    with schema_context(stage.schema):
        insert(stage, code, start=1, end=FEW)
        few = _submitted(stage, code)
        yield spread(f"submit, {FEW} responses there", few)
        insert(stage, code, start=FEW + 1, end=responses)
        page = _signed_in(stage, code)
        first = _timed(page)
        many = _submitted(stage, code)
        times = p95(many) / p95(few)
        verdict = judged(f"p95 {times:.2f} ×", is_met=times <= SUBMIT_BAR)
        yield spread(f"submit, {responses:,} there", many, bar=f"p95 ≤ {SUBMIT_BAR} ×", verdict=verdict)
        seen = [_timed(page) for _ in _answered_meanwhile(stage, code)]
        verdict = judged(f"p95 {p95(seen) * 1000:.0f} ms", is_met=p95(seen) <= RESULTS_BAR)
        yield spread(f"results page, {responses:,} responses, as they come", seen, bar="p95 ≤ 300 ms", verdict=verdict)
        yield spread("the same, a process's first look", [first] * 2)
        yield spread("the same, narrowed by an answer", [_timed(_signed_in(stage, code, "?answer.place=a"))] * 2)
        effects = [_timed(lambda: _what_if(stage, code)) for _ in range(3)]
        verdict = judged(f"{p50(effects):.1f} s", is_met=p50(effects) < WHAT_IF_BAR)
        yield spread(f"what-if, {responses:,} responses", effects, bar="< 10 s", verdict=verdict)


def p95(taken: Seconds) -> float:
    """What 95 of 100 stay below, in seconds."""
    return sorted(taken)[int(len(taken) * 0.95) - 1]


def _submitted(stage: Stage, code: str) -> Seconds:
    """How long each of them took, one after the other."""
    answers = {"mood": 4, "nps": 9, "place": "a", "used": ["a"], "again": True, "age": 40, "why": "It worked."}
    connection = stage.connect()
    taken = [_timed(lambda: _send(connection, stage, code, answers)) for _ in range(WARM_UP + SENT)]
    return taken[WARM_UP:]


def _send(connection: HTTPConnection, stage: Stage, code: str, answers: object, **headers: str) -> None:
    body = json.dumps({"answers": answers, "version": 1})
    connection.request("POST", f"/api/v1/surveys/{code}/responses/", body, stage.headers | headers)
    response = connection.getresponse()
    told = response.read()
    assert response.status == 201, told


def _answered_meanwhile(stage: Stage, code: str) -> Iterator[None]:
    """One more response is shown before each look."""
    connection = stage.connect()
    for _ in range(SEEN):
        _send(connection, stage, code, {"mood": 5}, Prefer="wait=5")
        yield


def _signed_in(stage: Stage, code: str, query: str = "") -> Callable[[], object]:
    """Looks at the results as the owner does, in a browser."""
    from tenants.models import User  # noqa: PLC0415

    owner = User.objects.get(email=f"owner@{stage.tenant}.example")
    owner.set_password(PASSWORD)
    owner.save()
    browser, address = Browser(), f"http://{stage.host}/surveys/{code}/results/{query}"
    page = browser.get(f"http://{stage.host}/sign-in/?next=/surveys/")
    browser.post(f"http://{stage.host}/sign-in/?next=/surveys/", page, email=owner.email, password=PASSWORD)
    return lambda: browser.get(address)


def _what_if(stage: Stage, code: str) -> None:
    from django.utils import timezone  # noqa: PLC0415

    from benchmarks.survey_rows import QUESTIONS  # noqa: PLC0415
    from surveys.domain import Content  # noqa: PLC0415
    from surveys.domain.reading import read_sections  # noqa: PLC0415
    from surveys.queries import contents, responses_to  # noqa: PLC0415
    from surveys.results import what_if  # noqa: PLC0415

    other: list[Any] = [{**each, "required": True, "text": f"{each['text']} Really?"} for each in QUESTIONS[1:]]
    draft = Content("Many", sections=read_sections([{"questions": other}]))
    what_if(responses_to(code), contents(code), draft, now=timezone.now())


def _timed(call: Callable[[], object]) -> float:
    begun = time.perf_counter()
    call()
    return time.perf_counter() - begun


if __name__ == "__main__":
    main()
