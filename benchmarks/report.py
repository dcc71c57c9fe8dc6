"""The table, for the terminal and for `benchmarks/README.md`."""

import os
import platform
from collections.abc import Sequence
from dataclasses import astuple
from datetime import date
from pathlib import Path

from benchmarks.lines import Line

README = Path(__file__).with_name("README.md")
HEAD = ("figure", "p50", "p99", "rate", "bar", "found")

TEXT = """\
# Figures

Written by `{command}` on {today}, by the run itself.

Machine: {cores} cores ({processor}), {system}, Python {python}, load {load:.1f} before the run. Everything shares these
cores: DynamoDB Local, PostgreSQL, Valkey, the web and worker processes, and the client that measures.

{table}

- *raw boto3*: the same requests with the same items, made beforehand, sent by the same client, in turns with the
  writer's.
- *over HTTP*: the web process as `make run` starts it, the worker beside it.
- *sign-up to the first page*: from sending the form until the list of the new tenant is there, signed in; not counted
  are the two seconds for which the steps are shown.
- *without tenants*: a second web process on the same stores with `benchmarks/plain.py`: Django's own backend, and one
  fixed tenant in place of host and schema. The same page in turns.
- *unmetered*: a second web process with `benchmarks/unmetered.py`: no request is an API call, and nothing that is made
  counts towards a quota. The same request by the same key, in turns.
- *answer to visible row*: from the moment the client has its answer until another connection sees the row in
  Postgres.
- DynamoDB Local keeps its tables in memory here. What a network takes would come on top of both sides of a ratio, and
  so does what else the machine does meanwhile: both bring it nearer to 1.
"""


def table(lines: Sequence[Line]) -> str:
    """The lines as a Markdown table."""
    return even([HEAD, *(astuple(line) for line in lines)])


def even(rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table with even columns; its first row is the head."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    rows = [rows[0], ["-" * width for width in widths], *rows[1:]]
    return "\n".join(
        f"| {' | '.join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))} |" for row in rows
    )


def write(lines: Sequence[Line], *, command: str, load: float) -> None:
    """Write `benchmarks/README.md`."""
    text = TEXT.format(
        command=command,
        today=date.today().isoformat(),
        cores=os.cpu_count(),
        processor=_processor(),
        system=platform.system(),
        python=platform.python_version(),
        load=load,
        table=table(lines),
    )
    README.write_text(text, "utf-8")


def _processor() -> str:
    about = Path("/proc/cpuinfo")
    names = [line for line in about.read_text().splitlines() if line.startswith("model name")] if about.exists() else []
    return names[0].partition(":")[2].strip() if names else platform.machine()
