"""The README's settings are those of `config/environment.py`, and its links lead somewhere."""

import re

import pytest

from config.environment import ROOT, Environment

PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]


def test_the_settings_table_and_the_class_agree() -> None:
    table = (ROOT / "README.md").read_text("utf-8").partition("## Settings")[2].partition("\n## ")[0]
    rows = [tuple(cell.strip() for cell in line.strip("|").split(" | ")) for line in table.splitlines() if "`" in line]
    assert [row for row in rows if len(row) == 3] == list(settings())


def settings() -> list[tuple[str, ...]]:
    """Each setting as the table has it: its variable, its default, its meaning."""
    prefix = Environment.model_config["env_prefix"]
    found: list[tuple[str, ...]] = []
    for name, field in Environment.model_fields.items():
        variable = str(field.validation_alias or f"{prefix}{name}".upper())
        default = ".local" if name == "local" else field.default
        shown = f"`{default}`" if default not in ("", False) else "off" if default is False else "empty"
        found.append((f"`{variable}`", shown, str(field.description)))
    return found


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_to_files(page: object) -> None:
    path = ROOT / str(page)
    for link in re.findall(r"\]\((?!http)([^)#]+)\)", path.read_text("utf-8")):
        assert (path.parent / link).exists(), link
