"""Every management command that is about one tenant leaves the others alone, and knows when there is none."""

from collections.abc import Iterator, Sequence
from io import StringIO
from pathlib import Path
from typing import Any
from uuid import uuid4
from zipfile import ZipFile

import pytest
from django.conf import settings
from django.core.management import CommandError, get_commands, load_command_class

from config.tests.isolation.canaries import CANARY
from config.tests.isolation.place import Place, Site

ABOUT_ONE = {"tenant", "code", "tenant_code", "schema_name", "into"}
"""The names of arguments that say which tenant."""

ARGUMENTS: dict[str, Sequence[str]] = {
    "as_of": ("{tenant}", "--list"),
    "erase_person": ("{person}", "--tenant={tenant}", "--reason=isolation"),
    "export_tenant": ("{tenant}", "--to={file}"),
    "provision_tenant": ("{tenant}", "--owner-email=ordinary-owner@intruder.example"),
    "rebuild": ("--tenant={tenant}",),
    "restore_tenant": ("{tenant}", "--into={new}", "--no-verify"),
    "run_billing": ("--tenant={tenant}",),
    "verify": ("--tenant={tenant}", "--wait=0"),
}
"""With what each is called."""

MAKES = {"provision_tenant"}
"""Those for which a tenant that is not there is no fault."""


def about_one() -> dict[str, Any]:
    """The commands of our own that take a tenant."""
    own = {config.split(".")[0] for config in (*settings.SHARED_APPS, *settings.TENANT_APPS) if _is_ours(config)}
    names = [(name, app) for name, app in get_commands().items() if str(app).split(".")[0] in own]
    found = {name: load_command_class(str(app), name) for name, app in names}
    return {name: each for name, each in found.items() if ABOUT_ONE & _arguments(each, name)}


def _is_ours(app: str) -> bool:
    return (Path(settings.ROOT) / app.split(".", maxsplit=1)[0]).is_dir()


def _arguments(command: Any, name: str) -> set[str]:
    return {each.dest for each in command.create_parser("manage.py", name)._actions}


def test_each_has_its_arguments() -> None:
    assert about_one().keys() == ARGUMENTS.keys(), "say in ARGUMENTS how the command is called"


@pytest.mark.parametrize("name", ARGUMENTS)
def test_it_leaves_others_alone(unharmed: Place, tmp_path: Path, name: str) -> None:
    told = _told(name, unharmed.other, tmp_path / "file.zip")
    assert CANARY not in told.lower()


@pytest.mark.parametrize("name", sorted(ARGUMENTS.keys() - MAKES))
def test_it_knows_when_there_is_no_such_tenant(unharmed: Place, tmp_path: Path, name: str) -> None:
    with pytest.raises(CommandError):
        _told(name, unharmed.other, tmp_path / "file.zip", tenant="nobody-at-all")


def _told(name: str, site: Site, file: Path, *, tenant: str = "") -> str:
    """What it prints, and what it writes into a file that it is given."""
    out, command = StringIO(), about_one()[name]
    said = {"tenant": tenant or site.code, "file": file, "new": f"r{uuid4().hex[:20]}", "person": site.fresh("member")}
    given = command.create_parser("manage.py", name).parse_args([each.format(**said) for each in ARGUMENTS[name]])
    command.execute(**vars(given) | {"stdout": out, "stderr": out, "skip_checks": True})
    return out.getvalue() + "".join(_texts(file))


def _texts(file: Path) -> Iterator[str]:
    if file.exists():
        with ZipFile(file) as archive:
            yield from (archive.read(name).decode(errors="replace") for name in archive.namelist())
