"""Every registered admin, walked: each page opens, and what is made from the log cannot be edited."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from billing.plans.models import PlanVersion
from config.staff import MENU
from conftest import Api, TestTenant
from tenants.models import User
from tenants.tests.browsers import signed_in

type AnyAdmin = admin.ModelAdmin[Any]

EDITED = {User, PlanVersion}
"""What staff may change in a form. All else is looked at, and acted on by buttons that ask why."""

ADMINS = sorted(admin.site._registry.values(), key=lambda each: each.model._meta.label)


@pytest.fixture(scope="module")
def staff(tenants: dict[str, TestTenant]) -> Client:
    acme = tenants["acme"]
    Api(acme)("POST", "todos/", {"name": "walked"})
    Api(acme).drain()
    person = User.objects.filter(email="walker@tenfold.example").first()
    person = person or User.objects.create_superuser("walker@tenfold.example", acme.password)
    client = signed_in(settings.PUBLIC_HOST, person.email, acme.password)
    client.get("/admin/cqrs/journalline/?tenant=acme")
    return client


def _named(model_admin: AnyAdmin) -> str:
    return str(model_admin.model._meta.label)


@pytest.mark.parametrize("model_admin", ADMINS, ids=_named)
def test_its_list_opens(staff: Client, model_admin: AnyAdmin) -> None:
    assert staff.get(_url(model_admin, "changelist")).status_code == 200


@pytest.mark.parametrize("model_admin", ADMINS, ids=_named)
def test_each_of_its_pages_opens(staff: Client, model_admin: AnyAdmin) -> None:
    for one in _shown(staff, model_admin):
        assert staff.get(_url(model_admin, "change", one.pk)).status_code == 200
        assert staff.get(_url(model_admin, "history", one.pk)).status_code == 200


@pytest.mark.parametrize("model_admin", [each for each in ADMINS if each.model not in EDITED], ids=_named)
def test_nothing_is_added_changed_or_deleted_in_a_form(staff: Client, model_admin: AnyAdmin) -> None:
    assert staff.post(_url(model_admin, "add"), {}).status_code == 403
    for one in _shown(staff, model_admin):
        assert staff.post(_url(model_admin, "change", one.pk), {}).status_code == 403
        assert staff.post(_url(model_admin, "delete", one.pk), {"post": "yes"}).status_code == 403
    chosen = {"action": "delete_selected", "_selected_action": [one.pk for one in _shown(staff, model_admin)]}
    before = len(list(_shown(staff, model_admin)))
    staff.post(_url(model_admin, "changelist"), chosen | {"post": "yes"})
    assert len(list(_shown(staff, model_admin))) == before


def test_what_may_be_edited_is_not_made_from_the_log() -> None:
    in_tenants = {app.rpartition(".")[2] for app in settings.TENANT_APPS}
    assert not {model._meta.app_label for model in EDITED} & in_tenants
    assert {each.model._meta.app_label for each in ADMINS} & in_tenants  # they are walked at all


def test_the_menu_holds_every_page_once() -> None:
    in_menu = [model for pages in MENU.values() for model in pages]
    assert sorted(in_menu) == sorted(each.model._meta.label_lower for each in ADMINS)


def test_nobody_but_staff_sees_any_of_it(acme: TestTenant) -> None:
    member = signed_in(acme.host, acme.owner, acme.password)
    for model_admin in ADMINS:
        assert member.get(_url(model_admin, "changelist")).status_code == 404
        answer = Client().get(_url(model_admin, "changelist"), headers={"host": settings.PUBLIC_HOST})
        assert (answer.status_code, "/admin/login/" in answer["Location"]) == (302, True)


def _shown(staff: Client, model_admin: AnyAdmin) -> Iterator[Any]:
    """One that its list shows, where there is any."""
    page = staff.get(_url(model_admin, "changelist"))
    yield from list(page.context["cl"].result_list)[:1]


def _url(model_admin: AnyAdmin, page: str, *args: object) -> str:
    meta = model_admin.model._meta
    return reverse(f"admin:{meta.app_label}_{meta.model_name}_{page}", args=args, urlconf="config.urls_public")
