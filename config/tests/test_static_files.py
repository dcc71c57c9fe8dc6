"""Static files as a browser meets them: by hashed names that are kept for a year, in a real process."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib import admin
from django.core.exceptions import ImproperlyConfigured
from django.template.utils import get_app_template_dirs
from django.test import override_settings
from django.urls import reverse

from config.environment import ROOT
from config.static_files import STAMP, collect_static, fingerprint, sources
from config.tests.serving import Web, serving
from conftest import TestTenant
from tenants.models import User
from tenants.tests.browsers import signed_in

YEAR = 31536000
STATIC = re.compile(r'(?:src|href)="(/static/[^"]+)"')
NAMED = re.compile(r"""{%\s*static\s+["']([^"'{]+)["']""")


@pytest.fixture(scope="module")
def web(tenants: dict[str, TestTenant]) -> Iterator[Web]:
    with serving() as found:
        yield found


@pytest.fixture(scope="module")
def staff(tenants: dict[str, TestTenant]) -> str:
    """The Cookie header of a signed-in member of staff."""
    password = tenants["acme"].password
    person = User.objects.filter(email="static@tenfold.example").first()
    person = person or User.objects.create_superuser("static@tenfold.example", password)
    return cookies(settings.PUBLIC_HOST, person.email, password)


def cookies(host: str, email: str, password: str) -> str:
    """What a browser sends once that person has signed in there."""
    kept = signed_in(host, email, password).cookies.values()
    return "; ".join(f"{each.key}={each.value}" for each in kept)


def test_pages_name_files_by_hash_and_each_is_kept_for_a_year(web: Web, acme: TestTenant, staff: str) -> None:
    owner, public = cookies(acme.host, acme.owner, acme.password), settings.PUBLIC_HOST
    pages = [
        (public, "/", ""),
        (public, "/admin/", staff),
        (acme.host, "/todos/", owner),
        (acme.host, "/api/docs/", owner),
    ]
    named: set[str] = set()
    for host, path, cookie in pages:
        answer = web.get(path, host=host, cookie=cookie)
        assert answer.status == 200
        named |= (found := set(STATIC.findall(answer.text)))
        assert found, path
    for path in sorted(named):
        answer = web.get(path, host=acme.host, accept_encoding="gzip")
        kept = answer.headers["Cache-Control"].replace(" ", "").split(",")
        assert (answer.status, f"max-age={YEAR}" in kept, "immutable" in kept) == (200, True, True), path
    css = next(path for path in named if re.search(r"/app\.[0-9a-f]{12}\.css$", path))
    assert web.get(css, host=public, accept_encoding="gzip").headers["Content-Encoding"] == "gzip"


def test_every_page_of_the_admin_finds_what_it_names(web: Web, staff: str) -> None:
    urls = [
        reverse(f"admin:{m._meta.label_lower.replace('.', '_')}_changelist", urlconf=settings.PUBLIC_SCHEMA_URLCONF)
        for m in admin.site._registry
    ]
    answers = {url: web.get(url, host=settings.PUBLIC_HOST, cookie=staff) for url in urls}
    assert {url: answer.status for url, answer in answers.items() if answer.status != 200} == {}
    named = set().union(*(STATIC.findall(answer.text) for answer in answers.values()))
    assert [path for path in named if web.get(path, host=settings.PUBLIC_HOST).status != 200] == []


def test_a_script_names_what_it_imports_by_hash_too(web: Web, acme: TestTenant) -> None:
    body = web.get("/static/surveys/form.js", host=acme.host).text
    assert './logic.js"' in body  # as it was written, under its own name
    manifest = web.get("/static/staticfiles.json", host=acme.host).text
    [hashed] = re.findall(r'"(surveys/form\.[0-9a-f]{12}\.js)"', manifest)
    [imported] = re.findall(r'from "\./(logic\.[0-9a-f]{12}\.js)"', web.get(f"/static/{hashed}", host=acme.host).text)
    assert web.get(f"/static/surveys/{imported}", host=acme.host).status == 200


def test_a_name_without_its_hash_is_kept_shortly_and_one_of_another_release_is_gone(web: Web, acme: TestTenant) -> None:
    answer = web.get("/static/app.css", host=acme.host, accept_encoding="gzip")
    assert (answer.status, answer.headers["Cache-Control"]) == (200, "max-age=60, public")
    assert answer.headers["Content-Encoding"] == "gzip"
    for path in ("/static/app.000000000000.css", "/static/", "/static/../manage.py", "/static/js/", "/static/%00"):
        assert web.get(path, host=acme.host).status in (400, 404), path


def test_every_template_names_files_that_are_there() -> None:
    """Also those of libraries, but for pages that we do not have: with hashed names, a missing one is a 500."""
    names, folders = set(sources()), [ROOT / "config" / "templates", *get_app_template_dirs("templates")]
    found = {
        (name, str(path))
        for folder in folders
        for path in folder.rglob("*.html")
        if not {"rest_framework", "drf_spectacular"} & set(path.parts)
        for name in NAMED.findall(path.read_text("utf-8"))
    }
    assert len(found) > 20
    assert [each for each in found if each[0] not in names] == []


def test_no_template_or_script_of_ours_names_an_address_itself() -> None:
    ours = [path for path in ROOT.glob("*/**/*") if path.suffix in (".html", ".js", ".css", ".py")]
    written = [
        str(path)
        for path in ours
        if not {"tests", ".venv", ".local"} & set(path.parts) and '"/static/' in path.read_text("utf-8")
    ]
    assert [path for path in written if not path.endswith(("config/settings.py", "config/access.py"))] == []


COLLECT = """
import django
django.setup()
from config.static_files import collect_static
print(collect_static() or "collected")
"""


def test_of_two_that_want_them_at_once_one_collects_and_nobody_does_it_twice(tmp_path: Path) -> None:
    env = os.environ | {"TENFOLD_STATIC": str(tmp_path), "DJANGO_SETTINGS_MODULE": "config.settings"}
    (tmp_path / STAMP).write_text("another release's", "ascii")
    command = [sys.executable, "-c", COLLECT]
    both = [subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    assert sorted(each.communicate()[0] for each in both) == ["collected\n", "nothing to do\n"]
    with override_settings(STATIC_ROOT=tmp_path):
        assert collect_static() == "nothing to do"
    assert (tmp_path / STAMP).read_text("ascii") == fingerprint()


def test_where_they_cannot_be_written_it_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with (
        override_settings(STATIC_ROOT=tmp_path / "file" / "static"),
        pytest.raises(ImproperlyConfigured, match="Not a dir"),
    ):
        collect_static()
