"""A reader of the documentation: writes the files it shows, types its sessions and commands, compares what comes."""

import doctest
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from itertools import takewhile
from pathlib import Path

from config.environment import ROOT
from docs.tests.blocks import Block, blocks, file_of, merged

SHOWN_PORT = "8000"
"""The port in the documentation; a free one takes its place."""

END = "-- that is all --"


class Reader:
    """Works in `folder`, with one shell that stays open; the checkout is on Python's path, after the folder."""

    def __init__(
        self, folder: Path, *, port: int, env: Mapping[str, str], own: Mapping[str, str] | None = None
    ) -> None:
        """`own` are the reader's values of settings that the page shows others of: where the stores are, for one."""
        self._folder, self._port, self._own = folder, str(port), own or {}
        plain = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
        path = f"{_tools(folder)}:{Path(sys.executable).parent}:{os.environ['PATH']}"
        self._shell = subprocess.Popen(
            ["sh"],
            cwd=folder,
            env={
                **plain,
                **env,
                "TENFOLD_LOG_LEVEL": "WARNING",
                "PATH": path,
                "PYTHONPATH": f"{folder}:{ROOT}",
                "COLUMNS": "200",
            },
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,  # what the shell leaves running ends with its group
        )

    def follow(self, page: Path) -> None:
        """Do what every code block of the page says. AssertionError where something else comes out."""
        for block in blocks(page):
            where = f"{page.name}, line {block.line}"
            for wanted, got in self._do(block):
                same = doctest.OutputChecker().check_output(wanted, got, doctest.ELLIPSIS)
                assert same, f"{where}\n--- wanted\n{wanted}\n--- got\n{got}"

    def close(self) -> None:
        """End the shell and whatever still runs in it."""
        os.killpg(self._shell.pid, signal.SIGTERM)
        self._shell.wait(10)

    def _do(self, block: Block) -> Iterator[tuple[str, str]]:
        """Pairs of what the page shows and what came."""
        match block.kind:
            case "python" | "html":
                self._write(block)
            case "pycon" | "pycon shell":
                (self._folder / "session.txt").write_text(block.text, "utf-8")
                yield "", self.run(f"python -m docs.tests.session session.txt {block.kind.removeprefix('pycon')}")
            case "env":
                self._write(Block("env", "\n".join(map(self._set, block.text.splitlines())) + "\n", block.line))
            case "console":
                for command, wanted in _commands(block.text.replace(SHOWN_PORT, self._port)):
                    yield wanted, self.run(command)
            case kind:
                raise AssertionError(f"line {block.line}: nobody knows what to do with {kind or 'a bare block'}")

    def _set(self, line: str) -> str:
        name = line.partition("=")[0]
        return f"{name}='{self._own[name]}'" if name in self._own else line

    def _write(self, block: Block) -> None:
        name, text = file_of(block)
        path = self._folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(merged(path.read_text("utf-8"), text) if path.exists() else text, "utf-8")

    def run(self, command: str) -> str:
        """Type a command; what it writes."""
        assert self._shell.stdin
        assert self._shell.stdout
        self._shell.stdin.write(f"{command}\nprintf '\\n{END}\\n'\n")
        self._shell.stdin.flush()
        lines = list(takewhile(lambda line: not line.endswith(f"{END}\n"), self._shell.stdout))
        return f"{text}\n" if (text := "".join(lines).rstrip()) else ""


def _commands(text: str) -> Iterator[tuple[str, str]]:
    """Each command after a `$`, with the output shown below it; a backslash at its end goes on in the next line."""
    for part in f"\n{text}".split("\n$ ")[1:]:
        command, _, shown = part.replace("\\\n", "").partition("\n")
        yield command, f"{shown.rstrip()}\n" if shown.strip() else ""


def _tools(folder: Path) -> Path:
    """A folder with a `curl`, for machines without one."""
    tools = folder / ".tools"
    tools.mkdir()
    curl = tools / "curl"
    curl.write_text(f'#!/bin/sh\nexec {sys.executable} -m docs.tests.curl "$@"\n', "utf-8")
    curl.chmod(0o755)
    return tools
