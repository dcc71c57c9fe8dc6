"""The public page: whoever has the token may answer, and nobody learns who did."""

import re
from collections.abc import Iterator
from datetime import timedelta
from hashlib import sha256
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import cache
from django.test import Client
from django.utils import timezone
from django_tenants.utils import schema_context
from structlog.testing import capture_logs

from conftest import Api, TestTenant
from cqrs.dynamodb.store import store
from cqrs.log import Log
from cqrs.models import JournalLine
from surveys.domain import RESPONSE
from surveys.rates.models import AnswerCount
from surveys.rates.tasks import forget_rates
from surveys.tests.examples import TEAM
from surveys.tests.test_api import PLAIN, asked, published
from tenants.tests.browsers import signed_in

PAGE_MOST = 60 * 1024
"""Bytes of the page with all that it loads, as they travel."""


@pytest.fixture(autouse=True)
def _without_limit() -> Iterator[None]:
    before, settings.ANSWERS = settings.ANSWERS, 0
    yield
    settings.ANSWERS = before


def page(api: Api, form: dict[str, Any], **options: Any) -> tuple[str, str]:
    """A new survey that can be answered: its code, and the address of its page."""
    code = published(api, form, **options)
    api.drain()
    return code, f"/s/{api('GET', f'surveys/{code}/').json()['token']}/"


def opened(host: str, client: Client, url: str, form: dict[str, Any] | None = None, **headers: str) -> Any:
    sent = {"host": host, **{name.replace("_", "-"): value for name, value in headers.items()}}
    return client.get(url, headers=sent) if form is None else client.post(url, form, headers=sent)


def test_anybody_with_the_token_may_answer_an_anonymous_survey(api: Api, acme: TestTenant) -> None:
    code, url = page(api, TEAM)
    client = Client()
    shown = opened(acme.host, client, url).content.decode()
    assert ("Team pulse" in shown, "How was your week?" in shown, "csrfmiddlewaretoken" in shown) == (True,) * 3
    form = {"version": "1", "q.mood": "4", "q.why": "hidden, so dropped", "q.place": "home", "q.nps": "9"}
    answer = opened(acme.host, client, url, form)
    assert (answer.status_code, answer["Location"]) == (302, f"{url}?thanks")
    assert "Thank you" in opened(acme.host, client, answer["Location"]).content.decode()
    api.drain()
    [found] = api("GET", f"surveys/{code}/responses/").json()["results"]
    assert (found["answers"], found["respondent"]) == ({"mood": 4, "place": "home", "nps": 9}, "")


def test_the_same_page_sent_twice_is_one_response(api: Api, acme: TestTenant) -> None:
    code, url = page(api, PLAIN, allow_anonymous=True)
    once = re.search(r'name="once" value="([\w-]+)"', opened(acme.host, Client(), url).content.decode())
    assert once
    for dish in ("soup", "soup", "stew"):
        form = {"version": "1", "once": once[1], "q.dish": dish}
        assert opened(acme.host, Client(), url, form).status_code == 302
    assert api("GET", f"surveys/{code}/?consistent=true").json()["responses"] == 2


def test_another_tenants_token_opens_nothing(api: Api, globex: TestTenant) -> None:
    _, url = page(api, PLAIN, allow_anonymous=True)
    theirs, none = (opened(globex.host, Client(), each) for each in (url, "/s/nobodys/"))
    assert (theirs.status_code, none.status_code) == (404, 404)


def test_mistakes_stand_at_their_fields_and_what_was_typed_is_kept(api: Api, acme: TestTenant) -> None:
    _, url = page(api, TEAM)
    form = {"version": "1", "seed": "7", "q.mood": "2", "q.place": "office", "q.desk": "true", "q.nps": "x"}
    answer = opened(acme.host, Client(), url, form)
    text = answer.content.decode()
    assert answer.status_code == 422
    assert set(re.findall(r'id="error-(\w+)"', text)) == {"why", "which", "nps"}
    assert 'href="#field-why"' in text
    assert re.findall(r'id="(in-[a-z]+)"[^>]* autofocus', text) == ["in-why"], "the first one has the focus"
    assert re.search(r'value="office"\s+checked', text)
    assert 'name="seed" value="7"' in text


def test_a_section_is_looked_at_before_the_next_one_and_nothing_of_it_is_kept(api: Api, acme: TestTenant) -> None:
    code, url = page(api, {**TEAM, "settings": {**TEAM["settings"], "stepwise": True}})
    text = opened(acme.host, Client(), url).content.decode()
    assert ("data-stepwise" in text, "Would you join again?" in text) == (True, True), (
        "without JavaScript it is one page"
    )
    form = {"version": "1", "q.mood": "2", "q.place": "office", "q.nps": "x"}
    sent = {step: opened(acme.host, Client(), url, form | {"step": step}) for step in ("you", "all")}
    assert {step: list(answer.json()["errors"]) for step, answer in sent.items()} == {"you": ["why"], "all": ["nps"]}
    assert api("GET", f"surveys/{code}/?consistent=true").json()["responses"] == 0
    assert asked(api, code, "close").status_code == 200
    assert opened(acme.host, Client(), url, form | {"step": "you"}).json() == {"over": True}


def test_a_form_that_changed_meanwhile_is_shown_with_what_was_typed(api: Api, acme: TestTenant) -> None:
    code, url = page(api, PLAIN, allow_anonymous=True)
    api("PATCH", f"surveys/{code}/", {"title": "Lunch again"}, if_match="*")
    assert asked(api, code, "publish").status_code == 200
    answer = opened(acme.host, Client(), url, {"version": "1", "q.dish": "soup"})
    assert (answer.status_code, 'value="soup"' in answer.content.decode()) == (409, True)
    for version in ("", "x", "9" * 40):
        assert opened(acme.host, Client(), url, {"version": version}).status_code == 409


def test_a_closed_or_full_survey_says_so(api: Api, acme: TestTenant) -> None:
    code, url = page(api, PLAIN, allow_anonymous=True, max_responses=1)
    assert opened(acme.host, Client(), url, {"version": "1"}).status_code == 302
    for form in (None, {"version": "1"}):
        answer = opened(acme.host, Client(), url, form)
        assert (answer.status_code, "as many responses" in answer.content.decode()) == (410, True)
    asked(api, code, "close")
    assert "takes no responses now" in opened(acme.host, Client(), url).content.decode()


def test_a_survey_that_is_not_anonymous_asks_who_it_is(api: Api, acme: TestTenant) -> None:
    code, url = page(api, PLAIN, one_per_person=True)
    stranger = opened(acme.host, Client(), url)
    assert (stranger.status_code, stranger["Location"].startswith("/sign-in/?next=/s/")) == (302, True)
    member = signed_in(acme.host, acme.viewer, acme.password)
    assert opened(acme.host, member, url, {"version": "1", "q.dish": "soup"}).status_code == 302
    again = opened(acme.host, member, url, {"version": "1", "q.dish": "stew"})
    assert (again.status_code, "answered this survey already" in again.content.decode()) == (410, True)
    api.drain()
    [found] = api("GET", f"surveys/{code}/responses/").json()["results"]
    assert found["respondent"].startswith("user:")


def test_nothing_of_whoever_answers_anonymously_is_kept_or_logged(api: Api, acme: TestTenant) -> None:
    code, url = page(api, PLAIN, allow_anonymous=True)
    member = signed_in(acme.host, acme.owner, acme.password)
    signs: dict[str, Any] = {"user_agent": "secret-agent", "x_request_id": "secret-request"}
    with capture_logs() as lines:
        assert opened(acme.host, member, url, **signs).status_code == 200
        assert opened(acme.host, member, url, {"version": "1", "q.dish": "soup"}, **signs).status_code == 302
    told = [each for each in lines if each["event"] == "request"]
    assert [(each["path"], each["actor"]) for each in told] == [("/s/…/", None)] * 2
    assert not [each for each in lines if url.split("/")[2] in str(each) or "secret-agent" in str(each)]
    api.drain()
    [found] = api("GET", f"surveys/{code}/responses/").json()["results"]
    sk = found["id"].split("~", 2)[2].replace("~", "#")
    fact = Log(store(), acme.code).get(RESPONSE, sk)
    kept = str(fact)
    assert (fact.by, fact.ip, fact.request_id, fact.on_behalf_of) == ("anonymous", "", "", "")
    assert not [each for each in ("127.0.0.1", "secret", "user:") if each in kept]
    with schema_context(acme.schema):
        position = JournalLine.objects.get(entity_id=fact.id).position
    [event] = api("GET", f"events/?after={position - 1}&limit=1").json()["results"]
    assert (event["id"], "secret" in str(event)) == (f"{found['id']}@1", False)


def test_one_address_sends_no_more_than_so_many_a_minute_to_all_processes(api: Api, acme: TestTenant) -> None:
    _, url = page(api, PLAIN, allow_anonymous=True)
    settings.ANSWERS = 2
    answers = [opened(acme.host, Client(), url, {"version": "1", "q.dish": "soup"}) for _ in range(2)]
    cache.clear()  # another process remembers nothing of this one
    answers.append(opened(acme.host, Client(), url, {"version": "1", "q.dish": "soup"}))
    assert [each.status_code for each in answers] == [302, 302, 429]
    assert (0 < int(answers[2]["Retry-After"]) <= 60, 'value="soup"' in answers[2].content.decode()) == (True, True)
    mine = AnswerCount.objects.filter(key__startswith=sha256(url.split("/")[2].encode()).hexdigest()[:40])
    [kept] = mine.values("key", "count")
    assert (kept["count"], len(kept["key"].partition(":")[2])) == (3, 6), (
        "one of very many addresses, and no other sign"
    )
    forget_rates()
    assert mine.count() == 1, "it counts still"
    mine.update(until=timezone.now() - timedelta(seconds=1))
    assert opened(acme.host, Client(), url, {"version": "1", "q.dish": "soup"}).status_code == 302
    mine.update(until=timezone.now() - timedelta(seconds=1))
    forget_rates()
    assert mine.count() == 0


def test_a_page_with_all_that_it_loads_is_small_and_has_no_inline_code(api: Api, acme: TestTenant) -> None:
    _, url = page(api, {**TEAM, "settings": {**TEAM["settings"], "stepwise": True}})
    client = Client()
    text = opened(acme.host, client, url).content.decode()
    loaded = [*re.findall(r'(?:src|href)="(/static/[^"]+)"', text), "/static/surveys/logic.js"]
    assert "/static/surveys/form.js" in loaded
    answers = [opened(acme.host, client, each, accept_encoding="gzip") for each in loaded]
    files = [b"".join(answer.streaming_content) for answer in answers]
    css = next(answer for answer, address in zip(answers, loaded, strict=True) if address.endswith("app.css"))
    assert (css["Content-Encoding"], files[loaded.index("/static/app.css")][:2]) == ("gzip", b"\x1f\x8b")
    assert len(text.encode()) + sum(map(len, files)) < PAGE_MOST
    assert not re.search(r"<style|\son\w+=|style=", text)
    assert not [each for each in re.findall(r"<script([^>]*)>", text) if "src" not in each and "json" not in each]
