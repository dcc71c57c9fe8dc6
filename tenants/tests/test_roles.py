"""The documentation's table of roles is the one that the code asks."""

from config.environment import ROOT
from tenants.members import OWN
from tenants.principal import Principal, Role
from tenants.scopes import permissions


def test_the_documentation_says_what_the_code_does() -> None:
    text = (ROOT / "docs" / "explanation" / "roles.md").read_text("utf-8")
    shown = [line for line in text.splitlines() if line.startswith("| `")]
    assert shown == [line(each) for each in sorted({*permissions(), OWN})]


def line(permission: str) -> str:
    """A line of the table."""
    may = [Principal.member(user_id=1, name="", role=role, tenant="acme").may(permission) for role in Role]
    return f"| `{permission}` | {' | '.join('yes' if each else '–' for each in may)} |"
