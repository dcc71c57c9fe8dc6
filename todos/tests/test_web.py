"""The pages of todos without JavaScript: plain forms, redirects and messages."""

from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client

from tenants.tests.browsers import browser, signed_in

PATHS = ("/todos/", "/todos/board/", "/todos/TODO-000001/", "/todos/TODO-000001/edit/")


@pytest.fixture
def owner(acme: Any) -> Client:
    return signed_in(acme.host, acme.owner, acme.password)


@pytest.fixture
def viewer(acme: Any) -> Client:
    return signed_in(acme.host, acme.viewer, acme.password)


def added(client: Client, name: str, **fields: str) -> str:
    """Add a todo by the form; its code."""
    response = client.post("/todos/new/", {"name": name, **fields})
    assert response.status_code == 302
    tokens: str = response.cookies["written"].value
    return tokens.rpartition(",")[2].partition("@")[0].rpartition("~")[2]


def page(client: Client, path: str, **headers: str) -> str:
    response = client.get(path, headers=headers)
    assert response.status_code == 200
    return str(response.content.decode())


def shown(client: Client, path: str) -> str:
    """The page, once everything that was written is shown."""
    call_command("drain", verbosity=0)
    return page(client, path)


@pytest.mark.parametrize("path", PATHS)
def test_anonymous_is_sent_to_sign_in_and_back(acme: Any, path: str) -> None:
    response = browser(acme.host).get(path)
    assert response.status_code == 302
    assert response["Location"] == f"/sign-in/?next={path.replace('/', '%2F')}"


def test_anonymous_changes_nothing(acme: Any, owner: Client) -> None:
    assert browser(acme.host).post("/todos/new/", {"name": "From nobody"})["Location"].startswith("/sign-in/")
    assert "From nobody" not in shown(owner, "/todos/")


def test_another_tenants_todos_are_not_there(owner: Client, globex: Any) -> None:
    code = added(owner, "Acme's own secret")
    stranger = signed_in(globex.host, globex.owner, globex.password)
    for path in ("/todos/", "/todos/board/", "/todos/?q=secret"):
        assert "own secret" not in shown(stranger, path)
    missing = stranger.get(f"/todos/{code}/")
    assert missing.status_code == 404 or b"own secret" not in missing.content


def test_a_session_of_another_tenant_is_nobody_here(owner: Client, globex: Any) -> None:
    stranger = browser(globex.host)
    stranger.cookies = owner.cookies
    assert stranger.get("/todos/").status_code == 302


def test_a_todo_added_by_the_form_is_in_the_list(owner: Client) -> None:
    code = added(owner, "Water the plants", due_date="2031-02-03", priority="high")
    listed = shown(owner, "/todos/")
    assert f'href="/todos/{code}/"' in listed
    assert "Created “Water the plants”" in listed
    assert "3 Feb 2031" in listed


def test_one_goes_back_to_the_page_one_came_from_but_to_no_other_host(owner: Client) -> None:
    form = {"name": "Come back"}
    assert owner.post("/todos/new/", form | {"next": "/todos/board/"})["Location"] == "/todos/board/"
    assert owner.post("/todos/new/", form | {"next": "https://evil.example/"})["Location"] == "/todos/"


def test_a_refusal_stands_at_its_field_and_what_was_typed_stays(owner: Client) -> None:
    response = owner.post("/todos/new/", {"name": "  ", "due_date": "2031-02-03"})
    assert response.status_code == 422
    text = response.content.decode()
    assert "A todo needs a name." in text
    assert 'value="2031-02-03"' in text

    code = added(owner, "Short")
    text = owner.post(f"/todos/{code}/edit/", {"version": "1", "name": "x" * 201}).content.decode()
    assert 'id="error_name"' in text
    assert "x" * 201 in text


@pytest.mark.parametrize("form", [{"due_date": "soon"}, {"priority": "huge"}, {"name": "\0"}, {}])
def test_a_malformed_form_is_refused_and_nothing_is_stored(owner: Client, form: dict[str, str]) -> None:
    assert owner.post("/todos/new/", form).status_code == 422


def test_an_edit_is_a_version_with_its_difference(owner: Client) -> None:
    code = added(owner, "Bok the room")
    response = owner.post(f"/todos/{code}/edit/", {"version": "1", "name": "Book the room", "labels": "office, q3"})
    assert response["Location"] == f"/todos/{code}/"
    text = page(owner, f"/todos/{code}/")
    assert "<del>Bok the room</del>" in text
    assert "<ins>office, q3</ins>" in text


def test_saving_what_holds_already_writes_nothing(owner: Client) -> None:
    code = added(owner, "Two lines", description="one\r\ntwo")
    owner.post(f"/todos/{code}/edit/", {"version": "1", "name": "Two lines", "description": "one\r\ntwo"})
    text = page(owner, f"/todos/{code}/")
    assert "Nothing to change" in text
    assert 'id="v2"' not in text


def test_an_edit_decided_on_an_old_version_keeps_what_was_typed_and_takes_the_rest(owner: Client) -> None:
    code = added(owner, "Before")
    owner.post(f"/todos/{code}/edit/", {"version": "1", "name": "Theirs", "assignee": "grace"})
    mine = {"version": "1", "name": "Mine", "assignee": "", "labels": "mine"}
    response = owner.post(f"/todos/{code}/edit/", mine)
    assert response.status_code == 409
    text = response.content.decode()
    assert "Changed meanwhile by" in text
    assert "name, assignee" in text
    assert 'value="Mine"' in text
    assert "Now: Theirs" in text
    assert 'value="grace"' in text, "what was not touched takes the current value"
    assert 'name="version" value="2"' in text

    owner.post(f"/todos/{code}/edit/", {"version": "2", "name": "Mine", "assignee": "grace", "labels": "mine"})
    assert '<h1 class="title">Mine</h1>' in page(owner, f"/todos/{code}/")


def test_a_button_decided_on_an_old_version_does_nothing_and_says_why(owner: Client) -> None:
    code = added(owner, "Race")
    owner.post(f"/todos/{code}/start/", {"version": "1"})
    owner.post(f"/todos/{code}/cancel/", {"version": "1"})
    text = page(owner, f"/todos/{code}/")
    assert "Changed meanwhile: status." in text
    assert 'id="v3"' not in text


def test_removing_offers_undo_which_restores(owner: Client) -> None:
    code = added(owner, "Throw away")
    text = owner.post(f"/todos/{code}/remove/", {"version": "1", "next": "/todos/"}, follow=True).content.decode()
    assert f'action="/todos/{code}/restore/"' in text
    assert f'id="{code}"' not in shown(owner, "/todos/")
    assert f'id="{code}"' in shown(owner, "/todos/?is_deleted=true")
    owner.post(f"/todos/{code}/restore/", {"next": "/todos/"})
    assert f'id="{code}"' in shown(owner, "/todos/")


def test_the_past_can_be_looked_at(owner: Client) -> None:
    code = added(owner, "First name")
    owner.post(f"/todos/{code}/edit/", {"version": "1", "name": "Second name"})
    text = page(owner, f"/todos/{code}/?version=1")
    assert "version 1 of 2" in text
    assert '<h1 class="title">First name</h1>' in text
    assert "formaction" not in text, "the past cannot be changed"


@pytest.mark.parametrize("path", ["TODO-999999/", "nope/edit/", "TODO-000001/?version=x", "TODO-000001/?version=999"])
def test_what_is_not_there_is_404(owner: Client, path: str) -> None:
    added(owner, "There is one at least")
    assert owner.get(f"/todos/{path}").status_code == 404
    assert owner.post(f"/todos/{path}", {"version": "1"}).status_code == 404


@pytest.mark.parametrize("rule", ["create", "explode", "edit "])
def test_a_rule_that_there_is_not_is_404(owner: Client, rule: str) -> None:
    assert owner.post(f"/todos/{added(owner, 'Rules')}/{rule}/", {"name": "x"}).status_code == 404


def test_a_viewer_sees_everything_and_no_control_that_writes(owner: Client, viewer: Client) -> None:
    code = added(owner, "Only look", due_date="2021-02-05")  # the board shows the nearest dates
    for path in ("/todos/", "/todos/board/", f"/todos/{code}/"):
        text = shown(viewer, path)
        assert "Only look" in text
        assert "ask an owner" in text
        assert text.count('method="post"') == 1, "signing out"


def test_a_viewer_may_not_write(owner: Client, viewer: Client) -> None:
    code = added(owner, "Hands off")
    for path in ("new/", f"{code}/edit/", f"{code}/complete/"):
        assert viewer.post(f"/todos/{path}", {"version": "1", "name": "x"}).status_code == 403
    assert "Hands off" in page(owner, f"/todos/{code}/")


@pytest.mark.parametrize("query", ["status=nope", "cursor=x", "ordering=secret", "limit=0", "due_before=soon"])
def test_a_filter_that_cannot_be_read_is_explained(owner: Client, query: str) -> None:
    response = owner.get(f"/todos/?{query}")
    assert response.status_code == 400
    assert "This filter cannot be read" in response.content.decode()


def test_pages_follow_each_other_by_cursor(owner: Client) -> None:
    for number in range(3):
        added(owner, f"Paged {number}")
    first = shown(owner, "/todos/?q=Paged&limit=2&ordering=name")
    assert ">Paged 1</a>" in first
    assert ">Paged 2</a>" not in first
    onward = first.partition('rel="next"')[0].rpartition('href="')[2].partition('"')[0].replace("&amp;", "&")
    second = page(owner, f"/todos/{onward}")
    assert ">Paged 2</a>" in second
    assert ">Paged 0</a>" not in second


@pytest.mark.parametrize(("path", "part"), [("/todos/", "section#rows"), ("/todos/board/", "section#lanes")])
def test_htmx_gets_only_the_part_it_asks_for(owner: Client, path: str, part: str) -> None:
    text = page(owner, path, **{"HX-Request": "true", "HX-Target": part}).strip()
    assert text.startswith("<section")
    assert "<body" not in text


def test_a_page_is_under_a_strict_policy_and_has_no_inline_script_or_style(acme: Any, owner: Client) -> None:
    policy = owner.get("/todos/")["Content-Security-Policy"]
    strangers = browser(acme.host).get("/sign-in/")["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy
    assert ("https:" in policy, "https:" in strangers) == (True, False), (
        "images of products, where somebody is signed in"
    )
    code = added(owner, "Strict")
    for path in ("/todos/", "/todos/board/", f"/todos/{code}/", f"/todos/{code}/edit/"):
        text = shown(owner, path)
        assert "<script>" not in text
        assert " style=" not in text
        assert "hx-on" not in text


def test_who_is_signed_out_goes_on_from_the_page_and_not_from_what_was_sent(acme: Any) -> None:
    page = f"http://{acme.host}/todos/?q=milk"
    for sent_on, next in (
        (page, "%2Ftodos%2F%3Fq%3Dmilk"),
        ("", "%2F"),
        ("http://elsewhere.example/todos/", "%2F"),
        ("http://[/", "%2F"),
    ):
        response = browser(acme.host).post("/todos/new/", {"name": "Milk"}, headers={"Referer": sent_on})
        assert response["Location"] == f"/sign-in/?next={next}"
