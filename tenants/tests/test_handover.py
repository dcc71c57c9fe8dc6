"""Going over to another host: once, soon, and only where one belongs. Anonymous first, another tenant second."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import connection
from django.test import Client, RequestFactory
from django.utils import timezone

from tenants.handover import hand_over, over
from tenants.models import HandOver, Membership, Tenant, User
from tenants.tasks import tidy
from tenants.tests.browsers import browser, signed_in

TODOS = "/api/v1/todos/"


@pytest.fixture
def both(acme: Any, globex: Any) -> Iterator[User]:
    """Somebody who belongs to acme and to globex."""
    person = User.objects.filter(email="both@acme.example").first()
    person = person or User.objects.create_user("both@acme.example", acme.password)
    for code in ("acme", "globex"):
        Membership.objects.get_or_create(user=person, tenant=Tenant.objects.get(code=code), defaults={"role": "viewer"})
    yield person
    person.memberships.all().delete()


def link(person: User, *, to: Any, onward: str = "/todos/", in_session: bool = False) -> str:
    """The path and query of a link to that tenant's host."""
    request = RequestFactory().get("/", headers={"Host": "acme.localhost:8000"})
    address = urlsplit(
        hand_over(request, person, to=Tenant.objects.get(code=to.code), onward=onward, in_session=in_session)
    )
    assert address.netloc == f"{to.host}:8000"
    return f"{address.path}?{address.query}"


def enters(host: str, path: str) -> Client | None:
    """The browser that the link signed in."""
    client = browser(host)
    client.get(path)
    return client if client.get(TODOS).status_code == 200 else None


def test_anonymous_is_handed_over_nowhere(acme: Any, globex: Any) -> None:
    assert browser(acme.host).get("/switch/globex/")["Location"] == "/sign-in/"
    for token in ("", "x", "é\x00"):
        response = browser(globex.host).get("/enter/", {"token": token, "next": "/todos/"})
        assert response["Location"] == "/sign-in/?next=%2Ftodos%2F"


def test_another_tenants_link_opens_nothing_and_a_stranger_is_not_taken_there(
    acme: Any, globex: Any, both: User
) -> None:
    path = link(both, to=globex)
    assert enters(acme.host, path) is None
    assert signed_in(acme.host, acme.owner, acme.password).get("/switch/globex/").status_code == 404
    assert signed_in(acme.host, acme.owner, acme.password).get("/switch/no-such/").status_code == 404


def test_whoever_belongs_to_both_goes_over_without_a_password(acme: Any, globex: Any, both: User) -> None:
    here = signed_in(acme.host, both.email, acme.password)
    address = urlsplit(here.get("/switch/globex/")["Location"])
    assert (address.scheme, address.netloc) == ("http", globex.host)
    there = browser(globex.host)
    assert there.get(f"{address.path}?{address.query}")["Location"] == "/"
    assert there.get(TODOS).status_code == 200
    assert here.get(TODOS).status_code == 200


def test_a_menu_holds_so_many_workspaces_and_a_page_all_of_them(
    acme: Any, both: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert browser(acme.host).get("/switch/")["Location"] == "/sign-in/?next=%2Fswitch%2F"
    here = signed_in(acme.host, both.email, acme.password)
    more, link = 'href="/switch/"', 'href="/switch/globex/"'
    menu = here.get("/todos/").content.decode()
    assert (more in menu, menu.count(link)) == (False, 1)
    monkeypatch.setattr("config.templatetags.face.SHOWN_MOST", 0)
    page = here.get("/switch/").content.decode()
    assert (more in page, page.count(link)) == (True, 1)


def test_a_link_is_good_once(acme: Any, globex: Any, both: User) -> None:
    path = link(both, to=globex)
    assert enters(globex.host, path)
    assert enters(globex.host, path) is None


def test_of_eight_at_once_one_gets_in(globex: Any, both: User) -> None:
    path = link(both, to=globex)

    def get(_: int) -> str:
        try:
            location: str = browser(globex.host).get(path)["Location"]
            return location
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(get, range(8))) == ["/sign-in/?next=%2Ftodos%2F"] * 7 + ["/todos/"]


def test_a_link_ends_and_is_forgotten(globex: Any, both: User) -> None:
    path = link(both, to=globex)
    HandOver.objects.filter(user=both).update(expires_at=timezone.now() - timedelta(seconds=1))
    assert enters(globex.host, path) is None
    tidy()
    assert HandOver.objects.filter(user=both, expires_at__lt=timezone.now()).count() == 0


def test_whoever_left_meanwhile_does_not_get_in(globex: Any, both: User) -> None:
    path = link(both, to=globex)
    both.memberships.filter(tenant__code="globex").delete()
    assert enters(globex.host, path) is None


@pytest.mark.parametrize("came_from", ["cross-site", "none"])
def test_a_link_that_somebody_sent_asks_before_it_signs_in(globex: Any, both: User, came_from: str) -> None:
    """Else whoever follows it would work under another's name, and not know."""
    path, visitor = link(both, to=globex, in_session=True), browser(globex.host)
    page = visitor.get(path, headers={"Sec-Fetch-Site": came_from})
    assert (page.status_code, both.email in page.text) == (200, True)
    assert visitor.get(TODOS).status_code == 401
    form = {"token": parse_qs(urlsplit(path).query)["token"][0], "next": "/todos/board/"}
    forger = browser(globex.host, enforce_csrf_checks=True)
    assert forger.post("/enter/", form).status_code == 403
    assert visitor.post("/enter/", form)["Location"] == "/todos/board/"
    assert visitor.get(TODOS).status_code == 200
    again = visitor.get(link(both, to=globex, in_session=True), headers={"Sec-Fetch-Site": came_from})
    assert again.status_code == 302, "it is they who are here"


def test_whoever_is_signed_in_here_is_asked_before_somebody_else_takes_their_place(globex: Any, both: User) -> None:
    client = signed_in(globex.host, globex.owner, globex.password)
    for in_session in (True, False):
        assert both.email in client.get(link(both, to=globex, in_session=in_session)).text
    assert client.get("/settings/account/").text.count(globex.owner)


def test_it_goes_on_to_a_path_of_that_host_only(globex: Any, both: User) -> None:
    assert browser(globex.host).get(link(both, to=globex, onward="//evil.example/"))["Location"] == "/"


def test_what_is_stored_opens_nothing(globex: Any, both: User) -> None:
    link(both, to=globex)
    digest = HandOver.objects.filter(user=both).latest("id").digest
    assert enters(globex.host, f"/enter/?token={digest}") is None


def test_a_form_is_answered_with_a_page_that_goes_on(acme: Any) -> None:
    response = over(RequestFactory().get("/"), "http://globex.localhost/enter/?token=a&next=%2F")
    text = response.content.decode()
    assert '<meta http-equiv="refresh" content="0; url=http://globex.localhost/enter/?token=a&amp;next=%2F">' in text
