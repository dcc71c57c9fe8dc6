"""The tutorial does what it says, and what it builds is like the app that ships."""

from pathlib import Path

from config.environment import ROOT
from docs.tests.blocks import public_names
from docs.tests.reader import Reader

TUTORIAL = ROOT / "docs" / "tutorial.md"


def test_every_code_block_of_the_tutorial_does_what_it_says(reader: Reader, tmp_path: Path) -> None:
    reader.follow(TUTORIAL)
    for path in (tmp_path / "todos").glob("*.py"):
        real = (ROOT / "todos" / path.name).read_text("utf-8")
        assert public_names(path.read_text("utf-8")) <= public_names(real), path.name
