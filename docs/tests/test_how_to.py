"""A second entity is made as the how-to says: few lines, and none in the kernel."""

import shutil
from pathlib import Path

from config.environment import ROOT
from docs.tests.blocks import blocks
from docs.tests.reader import Reader

PAGE = ROOT / "docs" / "how-to" / "add-an-entity.md"
REACTIONS = PAGE.with_name("react-to-a-fact.md")


def test_every_code_block_of_the_how_tos_does_what_it_says(reader: Reader, tmp_path: Path) -> None:
    shutil.copytree(ROOT / "config", tmp_path / "config")
    shutil.copy(ROOT / "manage.py", tmp_path)
    reader.follow(PAGE)
    reader.follow(REACTIONS)


def test_it_takes_at_most_40_lines_and_none_in_the_kernel() -> None:
    files = [block.text.splitlines() for block in blocks(PAGE) if block.kind == "python"]
    assert {lines[0].removeprefix("# ").partition("/")[0] for lines in files} == {"notes", "config"}
    assert len([line for lines in files for line in lines[1:] if line.strip()]) <= 40
