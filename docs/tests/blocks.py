"""The code blocks of a page, and what a reader makes of the ones that are files."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_BLOCK = re.compile(r"^```(?P<kind>[\w ]*)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
_FIRST_LINE = re.compile(r"(?:# |\{# )(?P<path>[\w./-]+)(?: #\})?\n")


@dataclass(frozen=True, slots=True)
class Block:
    """A code block: its language, its text, and the page's line it begins on."""

    kind: str
    text: str
    line: int


def blocks(page: Path) -> Iterator[Block]:
    """The code blocks of a page, in its order."""
    text = page.read_text("utf-8")
    for found in _BLOCK.finditer(text):
        yield Block(found["kind"], found["text"], text.count("\n", 0, found.start("text")) + 1)


def file_of(block: Block) -> tuple[str, str]:
    """The path that the first line of a file's block names, and what follows it."""
    first = _FIRST_LINE.match(block.text)
    assert first, f"line {block.line}: the first line of a file names it"
    return first["path"], block.text[first.end() :]


def merged(old: str, new: str) -> str:
    """What a reader does with statements for a file that is there: where all have a namesake, each takes its place;
    else the namesakes go, and the new ones come at the end."""
    ours, theirs = dict(_statements(new)), list(_statements(old))
    if "" not in ours and ours.keys() <= {name for name, _ in theirs}:
        return "\n".join(ours.get(name, text) for name, text in theirs) + "\n"
    return "\n".join([*(text for name, text in theirs if not name or name not in ours), new])


def public_names(code: str) -> set[str]:
    """The names that a module defines for others."""
    return {name for name, _ in _statements(code) if not name.startswith("_")}


def _statements(code: str) -> Iterator[tuple[str, str]]:
    """Each top-level statement with its name, and the blank lines and comments before it."""
    lines, start = code.splitlines(), 0
    for node in ast.parse(code).body:
        end = node.end_lineno or 0
        yield _name(node), "\n".join(lines[start:end])
        start = end


def _name(node: ast.stmt) -> str:
    match node:
        case ast.FunctionDef(name=name) | ast.ClassDef(name=name) | ast.Assign(targets=[ast.Name(id=name)]):
            return name
    return ""
