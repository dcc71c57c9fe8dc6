"""The pages of surveys without JavaScript: plain forms, redirects and messages."""

import json
import re
from typing import Any

import pytest
from django.test import Client

from conftest import Api, TestTenant
from surveys.tests.examples import TEAM
from surveys.tests.test_api import PLAIN, answered, published
from tenants.tests.browsers import browser, signed_in


@pytest.fixture(scope="module")
def owner(tenants: dict[str, TestTenant]) -> Client:
    acme = tenants["acme"]
    return signed_in(acme.host, acme.owner, acme.password)


def page(client: Client, path: str) -> str:
    response = client.get(path)
    assert response.status_code == 200, path
    return str(response.content.decode())


def made(client: Client, title: str) -> str:
    """A survey made by the form; its code."""
    response = client.post("/surveys/new/", {"title": title})
    assert response.status_code == 302
    return str(response["Location"].split("/")[2])


def now(api: Api, code: str) -> Any:
    return api("GET", f"surveys/{code}/?consistent=true").json()


def done(client: Client, code: str, **form: str) -> Any:
    """A deed of the builder, on what stands now."""
    version = re.search(r'name="version" value="(\d+)"', page(client, f"/surveys/{code}/build/"))
    assert version
    return client.post(f"/surveys/{code}/build/", {"version": version[1], **form})


def test_anonymous_is_asked_to_sign_in(acme: TestTenant) -> None:
    for path in ("", "S-1/", "S-1/build/", "S-1/publish/", "S-1/results/", "S-1/responses/1/"):
        answer = browser(acme.host).get(f"/surveys/{path}")
        assert (answer.status_code, "/sign-in/" in answer["Location"]) == (302, True)


def test_another_tenants_survey_is_not_there(api: Api, globex: TestTenant) -> None:
    code = published(api, PLAIN)
    member = signed_in(globex.host, globex.owner, globex.password)
    for path in ("", "build/", "publish/", "results/"):
        assert member.get(f"/surveys/{code}/{path}").status_code == 404


def test_a_viewer_looks_and_builds_nothing(api: Api, acme: TestTenant) -> None:
    code, viewer = published(api, PLAIN), signed_in(acme.host, acme.viewer, acme.password)
    assert "Lunch" in page(viewer, f"/surveys/{code}/")
    assert viewer.get(f"/surveys/{code}/results/").status_code == 200
    for path in ("build/", "publish/"):
        assert viewer.get(f"/surveys/{code}/{path}").status_code == 403
    assert viewer.post(f"/surveys/{code}/close/", {}).status_code == 403


def test_a_survey_is_built_published_and_closed_by_forms(api: Api, owner: Client) -> None:
    code = made(owner, "Lunch poll")
    done(owner, code, do="add", type="text")
    done(owner, code, do="add", type="multiple_choice", at="q1")
    done(owner, code, do="add_section")
    saved = done(
        owner,
        code,
        do="save",
        at="q2",
        text="Which dish?",
        required="on",
        **{"options.0.value": "a", "options.0.label": "Soup", "options.1.value": "b", "options.1.label": "Stew",
           "options.1.skip_to": "end", "options.2.label": "Another one", "options.2.is_other": "on"},
    )  # fmt: skip
    assert (saved.status_code, saved["Location"]) == (302, f"/surveys/{code}/build/?at=q2")
    one = {"visible_if.0.question": "q1", "visible_if.0.op": "eq", "visible_if.0.value": "soup"}
    logic = {**one, "visible_if.1.question": "q2", "visible_if.1.op": "answered", "visible_if.join": "or"}
    done(owner, code, do="save", at="s2", title="Sometimes", **logic)
    done(owner, code, do="up", at="q2")
    done(owner, code, do="move", at="q1", before="s2")
    done(owner, code, do="copy", at="q1")
    done(owner, code, do="save", at="q1", text="Which day?")
    sections = now(api, code)["sections"]
    assert [[each["id"] for each in section["questions"]] for section in sections] == [["q2"], ["q1", "q3"]]
    assert sections[0]["questions"][0] == {
        "id": "q2", "type": "multiple_choice", "text": "Which dish?", "required": True,
        "options": [{"value": "a", "label": "Soup"}, {"value": "b", "label": "Stew", "skip_to": "end"},
                    {"value": "another-one", "label": "Another one", "is_other": True}],
    }  # fmt: skip
    assert sections[1]["visible_if"]["op"] == "or"
    assert sections[1]["visible_if"]["of"][0] == {"op": "eq", "question": "q1", "value": "soup"}
    assert "not asked before this is decided" in page(owner, f"/surveys/{code}/build/?at=s2")
    done(owner, code, do="save", at="s2", title="Always")
    dropped = done(owner, code, do="drop", at="q3")
    undo = re.search(r'action="([^"]+restore=\d+)"', page(owner, dropped["Location"]))
    assert undo
    assert owner.post(undo[1], {"next": "/"}).status_code == 302
    assert [each["id"] for each in now(api, code)["sections"][1]["questions"]] == ["q1", "q3"]
    done(owner, code, do="drop", at="q3")
    done(owner, code, do="settings", title="Lunch poll", allow_anonymous="on", max_responses="5", stepwise="on")
    for view in ("preview", "json"):
        assert "Which dish?" in page(owner, f"/surveys/{code}/build/?view={view}")
    assert "The first version" in page(owner, f"/surveys/{code}/publish/")
    assert owner.post(f"/surveys/{code}/publish/", {"confirm": ""})["Location"] == f"/surveys/{code}/"
    assert "/s/" in page(owner, f"/surveys/{code}/")
    assert owner.post(f"/surveys/{code}/close/", {}).status_code == 302
    assert api("GET", f"surveys/{code}/?consistent=true").json()["status"] == "closed"
    assert "Lunch poll" in page(owner, "/surveys/")


def test_what_cannot_be_read_is_said_and_changes_nothing(owner: Client) -> None:
    code = made(owner, "Wrong")
    done(owner, code, do="add", type="number")
    for form in ({"do": "save", "at": "q1", "min": "many"}, {"do": "json", "json": "{"}, {"do": "dance"}):
        answer = done(owner, code, **form)
        assert (answer.status_code, 'role="alert"' in answer.content.decode()) == (422, True)
    again = done(owner, code, do="save", at="q1", text="How many?", min="many").content.decode()
    assert re.search(r'id="p-min" name="min" value="many"[^>]+aria-describedby="e-min', again), "what was typed stays"
    assert done(owner, code, do="settings", title="Wrong", max_responses="few").status_code == 422
    stale = owner.post(f"/surveys/{code}/build/", {"version": "1", "do": "json", "json": "[]"})
    assert (stale.status_code, stale["Location"]) == (302, f"/surveys/{code}/build/")
    assert owner.post("/surveys/new/", {"title": " "}).status_code == 422
    assert "no options" not in page(owner, f"/surveys/{code}/build/")


def test_publishing_says_what_it_does_and_asks_for_the_title_where_answers_are_lost(api: Api, owner: Client) -> None:
    code = published(api, TEAM)
    assert answered(api, code, {"mood": 5, "place": "home"}).status_code == 201
    done(owner, code, do="drop", at="place")
    api.drain()
    dialog = page(owner, f"/surveys/{code}/publish/")
    assert ("Where do you work?" in dialog, "Gone" in dialog, "home" in dialog) == (True, True, True)
    assert owner.post(f"/surveys/{code}/publish/", {"confirm": "team"}).status_code == 422
    done(owner, code, do="save", at="office", title="The office")
    assert owner.post(f"/surveys/{code}/publish/", {"confirm": "Team pulse"}).status_code == 302
    assert api("GET", f"surveys/{code}/?consistent=true").json()["number"] == 2


def test_results_and_a_single_response_are_shown(api: Api, owner: Client) -> None:
    code = published(api, TEAM)
    made = answered(api, code, {"mood": 1, "why": "<b>rain</b>", "place": "home", "nps": 9}).json()
    api.drain()
    shown = page(owner, f"/surveys/{code}/results/")
    assert ("NPS 100" in shown, "&lt;b&gt;rain" in shown, "3 were not asked" in shown) == (True, True, False)
    assert "No such response" in page(owner, f"/surveys/{code}/results/?answer.place=office")
    for wrong in ("number=x", "number=7", "answer.place=moon", "answer.nothing=1"):
        assert owner.get(f"/surveys/{code}/results/?{wrong}").status_code == 400
    [only] = re.findall(r'href="(\?[^"]+)"[^>]*>home</a>', shown)
    chosen = page(owner, f"/surveys/{code}/results/{only}")
    assert ("Where do you work?: <b>home</b>" in chosen, f"results.csv{only}" in chosen) == (True, True)
    sk = made["id"].rpartition("~")[2]
    single = page(owner, f"/surveys/{code}/responses/{sk}/")
    assert ("Version 1" in single, "home" in single, "Not asked" in single) == (True, True, True)
    assert owner.get(f"/surveys/{published(api, PLAIN)}/responses/{sk}/").status_code == 404


def test_a_forms_json_goes_back_as_it_came(api: Api, owner: Client) -> None:
    code = made(owner, "Copied")
    assert done(owner, code, do="json", json=json.dumps(TEAM)).status_code == 302
    assert api("GET", f"surveys/{code}/lint/?").json()["can_publish"] is True
