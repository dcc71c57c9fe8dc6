"""The tutorial does what it says, and what it builds is like the app that ships."""

from pathlib import Path

from config.environment import ROOT
from docs.tests.reader import Reader

TUTORIAL = ROOT / "docs" / "tutorial.md"


def test_every_code_block_of_the_tutorial_does_what_it_says(reader: Reader, tmp_path: Path) -> None:
    reader.follow(TUTORIAL)
    built = {path.name for path in (tmp_path / "todos").glob("*.py")}
    assert built == {path.name for path in (ROOT / "todos").glob("*.py")} - {"apps.py"}
