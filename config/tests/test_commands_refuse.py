"""Bad input to a command of ours is a line that says what is wrong and an exit of 1 or 2, never a traceback."""

import argparse
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.core.management import ManagementUtility, get_commands, load_command_class

from config.environment import ROOT
from tenants.models import Membership, Tenant, User
from tenants.provisioning import provision

BAD = (
    "",
    " ",
    "-",
    "no such",
    "'; drop",
    "ä\u0301\u202e",
    "x" * 5000,
    "-1",
    "NaN",
    "9" * 40,
    "0001-01-01T00:00:00+05:00",
    "9999-12-31T23:59:59-05:00",
    "/nowhere/at/all/file",
    "\x01",
)
"""Given for each argument in turn; what it makes of some of them may be nothing wrong."""

USUAL: dict[str, Sequence[str]] = {
    "as_of": ("{tenant}", "--list"),
    "erase_person": ("{person}", "--tenant={tenant}", "--reason=x"),
    "export_tenant": ("{tenant}", "--to={file}"),
    "provision_tenant": ("{tenant}", "--owner-email={owner}"),
    "restore_tenant": ("{nothing}", "--into={new}", "--no-verify"),
    "run_billing": ("--tenant={tenant}",),
    "verify": ("--tenant={tenant}", "--wait=0", "--sample=1"),
    "rebuild": ("--tenant={tenant}",),
}
"""What goes with a bad argument, where the command would do something to others else."""

REFUSED: Sequence[tuple[str, Sequence[str], int, str]] = (
    ("provision_tenant", ("{tenant}", "--owner-email=x"), 1, "no e-mail address"),
    ("provision_tenant", ("{tenant}", "--owner-email=stranger@else.example"), 1, "taken"),
    ("provision_tenant", ("{new}", "--owner-email=a@b.example", "--plan=none"), 1, "no such plan"),
    ("provision_tenant", ("{new}", "--owner-email=a@b.example", "--name={long}"), 1, "at most 200"),
    ("provision_tenant", ("{new}", "--owner-email=a@b.example", "--time-zone=../x"), 1, "no time zone"),
    ("run_billing", ("--tenant={tenant}", "--now=soon"), 2, "is no time"),
    ("run_billing", ("--tenant={tenant}", "--now=9999-12-31T23:59:59-05:00"), 2, "A time is from"),
    ("run_billing", ("--tenant=nobody",), 1, "no active tenant"),
    ("as_of", ("{tenant}", "0001-01-01T00:00:00+05:00"), 2, "A time is from"),
    ("as_of", ("{tenant}", "yesterday"), 2, "is no time"),
    ("as_of", ("nobody", "--list"), 1, "no such tenant"),
    ("restore_tenant", ("{folder}", "--into={new}"), 1, "neither a file nor a tenant"),
    ("restore_tenant", ("{long}", "--into={new}"), 1, "nothing was done"),
    ("restore_tenant", ("{nothing}", "--into={new}"), 1, "nothing was done"),
    ("restore_tenant", ("{nothing}", "--as-of=then"), 2, "is no time"),
    ("export_tenant", ("{tenant}", "--to=/nowhere/at/all/file"), 1, "nothing was written"),
    ("export_tenant", ("{tenant}", "--to={nothing}"), 1, "is there already"),
    ("erase_person", ("nobody@else.example", "--reason=x"), 1, "nothing is kept"),
    ("erase_person", ("9" * 40, "--reason=x"), 1, "nothing is kept"),
    ("erase_person", ("{person}", "--reason= "), 1, "Say why"),
    ("verify", ("--sample=-1",), 2, "at least 1"),
    ("verify", ("--wait=nan",), 2, "no number of seconds"),
    ("stream_status", ("--fail-above=nan",), 2, "no number of seconds"),
    ("parked", ("retry", "nothing"), 1, "not parked"),
    ("parked", ("discard", "nothing", "--reason=x"), 1, "not parked"),
    ("rebuild", ("NOTHING",), 1, "nothing is shown"),
)


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that is named without its folder is none of ours, nor of another test's."""
    monkeypatch.chdir(tmp_path)


@pytest.fixture(scope="module")
def outputs(tenants: Any, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What the arguments' names in braces stand for: a tenant of these tests' own, its owner, files."""
    code, folder = f"cmd{uuid4().hex[:10]}", tmp_path_factory.mktemp("commands")
    provision(code, name=code, owner_email=f"owner@{code}.example")
    (folder / "nothing").write_text("this is no archive")
    files = {"file": str(folder / "new"), "nothing": str(folder / "nothing"), "folder": str(folder)}
    people = {"owner": f"owner@{code}.example", "person": f"nobody@{code}.example"}
    return {"tenant": code, "new": f"new{uuid4().hex[:10]}", "long": "x" * 5000} | files | people


def commands() -> dict[str, Any]:
    """The commands of our own."""
    own = {name: str(app) for name, app in get_commands().items() if (ROOT / str(app).split(".")[0]).is_dir()}
    return {name: load_command_class(app, name) for name, app in own.items()}


def _arguments(command: Any, name: str) -> Iterator[str]:
    """The name of each argument that takes a value."""
    for each in command.create_parser("manage.py", name)._actions:
        common = each.option_strings and each.option_strings[0] in COMMON
        takes_text = not isinstance(each, argparse._SubParsersAction) and each.nargs != 0
        if takes_text and not common:
            yield each.option_strings[0] if each.option_strings else ""


QUICK = {name: list[str]() for name, each in commands().items() if not each.requires_system_checks}
"""Those that check nothing first; the others are told not to, which takes longer than all they do here."""

COMMON = ("--settings", "--pythonpath", "--verbosity", "-v", "--version")
"""Django's own."""


def _cases() -> Iterator[Any]:
    for name, command in sorted(commands().items()):
        yield pytest.param(name, ["--no-such-option"], id=f"{name} --no-such-option")
        for each in _arguments(command, name):
            yield pytest.param(name, each, id=f"{name} {each}")


@pytest.mark.parametrize(("name", "given"), list(_cases()))
def test_whatever_is_given_there_is_no_traceback(
    outputs: dict[str, str], capsys: pytest.CaptureFixture[str], name: str, given: Any
) -> None:
    if isinstance(given, list):
        assert _run(name, given) == 2
        assert "Traceback" not in capsys.readouterr().err
        return
    for bad in BAD:
        usual = [each.format(**outputs) for each in USUAL.get(name, ())]
        (Path(outputs["file"])).unlink(missing_ok=True)
        assert _run(name, _with(usual, given, bad)) in (0, 1, 2), (name, given, bad)
        assert "Traceback" not in capsys.readouterr().err


@pytest.mark.parametrize("refused", REFUSED, ids=lambda each: " ".join([each[0], *each[1]])[:60])
def test_what_is_wrong_is_said_in_a_line(
    outputs: dict[str, str], capsys: pytest.CaptureFixture[str], refused: tuple[str, Sequence[str], int, str]
) -> None:
    name, given, code, why = refused
    assert _run(name, [each.format(**outputs) for each in given]) == code
    told = capsys.readouterr().err
    assert why in told
    assert "Traceback" not in told


def test_a_stranger_does_not_become_an_owner_and_an_owner_asks_twice(outputs: dict[str, str]) -> None:
    owners = Membership.objects.filter(tenant__code=outputs["tenant"])
    before = list(owners.values())
    assert _run("provision_tenant", [outputs["tenant"], "--owner-email=stranger@else.example"]) == 1
    assert _run("provision_tenant", [outputs["tenant"], f"--owner-email={outputs['owner']}"]) == 0
    assert list(owners.values()) == before
    assert not User.objects.filter(email="stranger@else.example").exists()
    assert not Tenant.objects.filter(code=outputs["new"]).exists()


def _with(usual: list[str], argument: str, bad: str) -> list[str]:
    if not argument:
        return [bad, *[each for each in usual if each.startswith("--")]]
    return [*[each for each in usual if not each.startswith(f"{argument}=")], f"{argument}={bad}"]


def _run(name: str, given: Sequence[str]) -> int:
    """Its exit code, run as from a shell."""
    try:
        ManagementUtility(["manage.py", name, *QUICK.get(name, ["--skip-checks"]), *given]).execute()
    except SystemExit as ended:
        return int(ended.code or 0) if not isinstance(ended.code, str) else 1
    return 0
