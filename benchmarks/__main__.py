"""One run: start the stores, measure, print the table, write it down."""

import asyncio
import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import astuple

import django

from benchmarks import report
from benchmarks.lines import Line
from benchmarks.sizes import Sizes, sizes_of
from benchmarks.stage import Stage, furnished, own_stores, processes


def main() -> None:
    """Measure what the command line asks for."""
    sizes, load = sizes_of(sys.argv[1:]), os.getloadavg()[0]
    with own_stores():
        os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
        django.setup()
        stage = furnished()
        lines = [*_alone(stage, sizes), *asyncio.run(_together(stage, sizes))]
    report.write(lines, command=" ".join(["python -m benchmarks", *sys.argv[1:]]), load=load)
    sys.stdout.write(f"\n{report.table(lines)}\n\nwritten to {os.path.relpath(report.README)}\n")


def _alone(stage: Stage, sizes: Sizes) -> list[Line]:
    """The figures of this process."""
    from benchmarks import copies, projection, projector, rebuild, units, writer  # noqa: PLC0415  # imported once Django is set up

    found = _told("writer", lambda: writer.lines(stage, commands=sizes.commands))
    found += _told("write units", lambda: units.lines(stage))
    found += _told("projector", lambda: projector.lines(facts=5 * sizes.facts))
    found += _told("projection", lambda: projection.lines(stage, facts=sizes.facts))
    found += _told("rebuild", lambda: rebuild.lines(stage, entities=sizes.entities))
    return found + _told("export and restore", lambda: copies.lines(stage))


async def _together(stage: Stage, sizes: Sizes) -> list[Line]:
    """The figures of the real processes; measured in a thread, for the loop watches over them."""
    from benchmarks import backlog, idle, lag, many, metering, over_http, sign_ups, tenancy  # noqa: PLC0415

    async with processes() as pid_file:
        ways: dict[str, Callable[[], Iterator[Line]]] = {
            "HTTP": lambda: over_http.lines(stage, requests=sizes.requests),
            "lag": lambda: lag.lines(stage, seconds=sizes.seconds),
            "backlog": lambda: backlog.lines(stage, pid_file, facts=sizes.backlog),
            "idle": lambda: idle.lines(pid_file, seconds=sizes.idle),
            "metering": lambda: metering.lines(stage, requests=sizes.requests),
            "tenancy": lambda: tenancy.lines(requests=sizes.pages),
            "sign-ups": lambda: sign_ups.lines(stage, sign_ups=sizes.sign_ups),
            "many tenants": lambda: many.lines(tenants=sizes.tenants),
        }
        found = [await asyncio.to_thread(_told, title, measure) for title, measure in ways.items()]
    return [line for lines in found for line in lines]


def _told(title: str, measure: Callable[[], Iterator[Line]]) -> list[Line]:
    """The lines, each said when it is known: what comes after may take long, or fail."""
    found = list[Line]()
    _say(f"· {title}")
    for line in measure():
        _say("  " + ", ".join(filter(None, astuple(line))))
        found.append(line)
    return found


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
