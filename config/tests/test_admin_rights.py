"""The doors of the staff admin: staff without rights are refused at each address there is, one right opens one."""

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from django.contrib import admin
from django.contrib.admin.utils import quote
from django.contrib.auth.models import Permission
from django.test import Client

from config.tests.isolation.digest import digest_of
from config.tests.isolation.endpoints import Endpoint, of_public
from conftest import Api, TestTenant
from face.admin.buttons import NoRight, button, buttons_of, right_of
from face.admin.checks import buttons_name_their_rights
from face.admin.guard import StaffAdmin
from face.admin.rights import rights
from face.models import AuditLine
from tenants.models import Tenant, User
from tenants.tests.browsers import in_session

SENT = {"_form_submitted": "on", "reason": "a try", "post": "yes"}

OWN = {"index", "login", "admin/login", "logout", "password_change", "password_change_done", "jsi18n", "search"}
"""What any member of staff has: their own password, the way out, and an index that shows what they may see."""

NOWHERE = {"view_on_site", "app_list", "admin/r/<path:url>", "admin/(?P<url>.*)"}
"""Addresses of nothing for who may see nothing of it: a 404, as of what is not there."""


def _endpoints() -> list[Endpoint]:
    found = [each for each in of_public() if each.route.startswith("admin/")]
    return [each for each in found if each.name.removeprefix("admin:").strip("/") not in OWN | NOWHERE]


@pytest.fixture(scope="module")
def objects(tenants: dict[str, TestTenant]) -> dict[Any, str]:
    """By model, the key of an object that superusers see; of a model that has none, one that could be."""
    api = Api(tenants["acme"])
    api("POST", "todos/", {"name": "seen by staff"})
    api(
        "POST", "products/", {"sku": uuid4().hex[:8].upper(), "name": "seen", "price": {"amount": 1, "currency": "USD"}}
    )
    api.drain()
    person = User.objects.create_superuser(f"{uuid4().hex}@tenfold.example")
    staff = in_session(settings.PUBLIC_HOST, person)
    staff.get("/admin/cqrs/journalline/?tenant=acme")
    return {model: _key(staff, model) for model in admin.site._registry}


@pytest.fixture
def person(tenants: dict[str, TestTenant]) -> User:
    """Staff, without any right."""
    return User.objects.create_user(f"{uuid4().hex}@tenfold.example", is_staff=True)


def test_the_walk_meets_every_button_and_every_form(objects: dict[Any, str]) -> None:
    names = {each.name for each in _endpoints()}
    for model, model_admin in admin.site._registry.items():
        of = f"admin:{model._meta.app_label}_{model._meta.model_name}_"
        pages = {"changelist", "add", "history", "delete", "change"}
        assert {of + name for name in pages | {name for name, _ in buttons_of(model_admin)}} <= names
    assert "admin:auth_user_password_change" in names or "admin:tenants_user_password_change" in names
    assert len([key for key in objects.values() if key != "1"]) > 8  # real objects, most of them


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_staff_without_rights_are_refused_everywhere_and_change_nothing(
    objects: dict[Any, str], person: User, acme: TestTenant, method: str
) -> None:
    client, before, lines = in_session(settings.PUBLIC_HOST, person), digest_of(acme.code), AuditLine.objects.count()
    answers = {each.name: client.generic(method, _path(each, objects)).status_code for each in _endpoints()}
    if method == "POST":
        answers |= {f"{each.name} sent": client.post(_path(each, objects), SENT).status_code for each in _endpoints()}
    refused = {name: 405 if method == "POST" and "autocomplete" in name else 403 for name in answers}
    assert answers == refused
    assert (digest_of(acme.code), AuditLine.objects.count()) == (before, lines)


def test_what_is_their_own_shows_nothing(objects: dict[Any, str], person: User, acme: TestTenant) -> None:
    client = in_session(settings.PUBLIC_HOST, person)
    index = client.get("/admin/")
    assert index.status_code == 200
    assert [model for model in admin.site._registry if _list(model) in index.text] == []
    found = client.get("/admin/search/", {"s": "tenant"})
    assert (found.status_code, "/admin/tenants/" in found.text) == (200, False)
    assert client.get("/admin/password_change/").status_code == 200
    assert {client.get(f"/admin/{each}").status_code for each in ("r/1/1/", "r/999999/1/", "tenants/", "nothing/")} == {
        404
    }
    many = Permission.objects.values_list("content_type_id", flat=True).distinct()
    assert {client.get(f"/admin/r/{each}/1/").status_code for each in many} == {404}


def test_the_parameter_that_chooses_a_tenant_tells_nothing(person: User, acme: TestTenant) -> None:
    client = in_session(settings.PUBLIC_HOST, person)
    for code in (acme.code, "nobodys"):
        assert client.get(f"/admin/todos/todorow/?tenant={code}").status_code == 403


def _buttons() -> Iterator[Any]:
    for each in _endpoints():
        if right := right_of(each.view):
            yield pytest.param(each, right, id=each.name.removeprefix("admin:"))


@pytest.mark.parametrize(("endpoint", "right"), list(_buttons()))
def test_a_right_opens_what_names_it_and_nothing_else(
    objects: dict[Any, str], person: User, endpoint: Endpoint, right: str
) -> None:
    _give(person, right)
    client = in_session(settings.PUBLIC_HOST, person)
    assert client.get(_path(endpoint, objects)).status_code == 200
    asked = client.post(_path(endpoint, objects), {"_form_submitted": "on", "reason": ""})
    assert (asked.status_code, "HX-Redirect" in asked) == (200, not _asks_why(endpoint))
    others = [each for each in _endpoints() if right_of(each.view) != right and _of(each) is _of(endpoint)]
    opened = [each.name for each in others if client.get(_path(each, objects)).status_code != 403]
    assert opened == []


@pytest.mark.parametrize("model", admin.site._registry, ids=lambda model: model._meta.label)
def test_the_right_to_look_opens_the_pages_and_shows_no_button(
    objects: dict[Any, str], person: User, model: Any
) -> None:
    meta = model._meta
    _give(person, f"{meta.app_label}.view_{meta.model_name}")
    client = in_session(settings.PUBLIC_HOST, person)
    of = [each for each in _endpoints() if each.name.startswith(f"admin:{meta.app_label}_{meta.model_name}_")]
    answers = {each.name.rpartition("_")[2]: client.get(_path(each, objects)) for each in of if not right_of(each.view)}
    assert answers["changelist"].status_code == 200
    assert answers["delete"].status_code == 403
    shown = [page.text for page in answers.values() if page.status_code == 200]
    for each in [each for each in of if right_of(each.view)]:
        assert not [page for page in shown if _path(each, objects) in page], each.name
        assert client.get(_path(each, objects)).status_code == 403


def test_a_tenant_is_renamed_with_that_right_alone(person: User) -> None:
    tenant = Tenant.objects.create(code=f"r{uuid4().hex[:8]}", name="Old", schema_name=f"r{uuid4().hex[:8]}")
    _give(person, "tenants.rename_tenant")
    client = in_session(settings.PUBLIC_HOST, person)
    url = f"/admin/tenants/tenant/{tenant.pk}/"
    assert client.post(f"{url}rename/", SENT | {"name": "New"}).status_code == 200
    assert client.post(f"{url}suspend/", SENT).status_code == 403
    tenant.refresh_from_db()
    assert (tenant.name, tenant.state) == ("New", Tenant.State.PROVISIONING)
    line = AuditLine.objects.get(tenant_code=tenant.code, action="tenant.set")
    assert (line.by, line.reason) == (f"staff:{person.pk}", "a try")


def test_nobody_but_a_superuser_changes_people_or_gives_rights(person: User) -> None:
    for verb in ("add", "change", "delete", "view"):
        person.user_permissions.add(Permission.objects.get(codename=f"{verb}_user"))
    client, url = in_session(settings.PUBLIC_HOST, person), f"/admin/tenants/user/{person.pk}/"
    form = {"email": person.email, "is_superuser": "on", "is_staff": "on", "is_active": "on", "reason": "me"}
    assert client.get(f"{url}change/").status_code == 200
    assert person.password not in client.get(f"{url}change/").text
    assert client.post(f"{url}change/", form).status_code == 403
    assert client.post(f"{url}password/", {"password1": "x" * 20, "password2": "x" * 20}).status_code == 403
    assert client.post("/admin/tenants/user/add/", form).status_code == 403
    person.refresh_from_db()
    assert not person.is_superuser


def test_a_superuser_gives_the_rights_that_mean_something(person: User, tenants: dict[str, TestTenant]) -> None:
    boss = User.objects.create_superuser(f"{uuid4().hex}@tenfold.example")
    client, url = in_session(settings.PUBLIC_HOST, boss), f"/admin/tenants/user/{person.pk}/change/"
    assert "Can rename tenant" in client.get(url).text
    assert "Can add permission" not in client.get(url).text
    given = Permission.objects.get(codename="rename_tenant")
    form = {"email": person.email, "is_staff": "on", "is_active": "on", "user_permissions": given.pk, "reason": "new"}
    assert client.post(url, form).status_code == 302
    assert User.objects.get(pk=person.pk).has_perm("tenants.rename_tenant")
    named = {right for each in admin.site._registry.values() for _, right in buttons_of(each)}
    assert named <= {f"{each.content_type.app_label}.{each.codename}" for each in rights()}


def test_a_button_without_a_right_cannot_be_declared() -> None:
    for right in ("", "rename", "tenants.", "tenants.rename"):
        with pytest.raises(NoRight):
            button("Rename", right=right, icon="edit", dialog={})


def test_an_action_that_goes_around_is_found_before_anything_starts(monkeypatch: pytest.MonkeyPatch) -> None:
    assert list(buttons_name_their_rights(None)) == []

    class Open(StaffAdmin):
        actions_detail = actions = ("press",)
        custom_urls = (("x", "x", lambda request: None),)

        def press(self, *_: object) -> None:
            """Nobody is asked for a right."""

    registry: dict[Any, Any] = admin.site._registry
    monkeypatch.setitem(registry, Tenant, Open(Tenant, admin.site))
    monkeypatch.setitem(registry, User, admin.ModelAdmin(User, admin.site))
    assert {each.id for each in buttons_name_their_rights(None)} == {"tenfold.E020", "tenfold.E021", "tenfold.E023"}


def _asks_why(endpoint: Endpoint) -> bool:
    return "form_class" in getattr(endpoint.view, "dialog", {})


def _of(endpoint: Endpoint) -> Any:
    """The model that the address is about; None where it is about none."""
    return getattr(getattr(endpoint.view, "model_admin", None), "model", None)


def _give(person: User, right: str) -> None:
    app, _, codename = right.partition(".")
    person.user_permissions.add(Permission.objects.get(content_type__app_label=app, codename=codename))


def _key(staff: Client, model: Any) -> str:
    page = staff.get(_list(model))
    return next((str(each.pk) for each in page.context["cl"].result_list), "1")


def _list(model: Any) -> str:
    return f"/admin/{model._meta.app_label}/{model._meta.model_name}/"


def _path(endpoint: Endpoint, objects: dict[Any, str]) -> str:
    key = quote(objects[_of(endpoint)]) if _of(endpoint) else "1"
    return endpoint.path({"object_id": key, "id": key, "app_label": "tenants", "content_type_id": "1", "url": "x"})
