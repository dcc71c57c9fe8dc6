"""One run: start everything, play the faults one after the other, print the table."""

import asyncio
import os
import sys
import time
import traceback
from collections.abc import Callable, Mapping
from pathlib import Path
from threading import Thread

import django
from django.db import connection

from benchmarks.stage import Stage, prepare, stage_of
from chaos.corner import own_corner
from chaos.faults import FAULTS
from chaos.faults.fault import Fault
from chaos.findings import Finding, Played, contradictions, table
from chaos.plan import Plan, plan_of
from chaos.running import Running, running
from chaos.scene import Scene


def main() -> None:
    """Break what the command line asks for; exit 1 when anything did not hold."""
    plan = plan_of(sys.argv[1:], known=[fault.name for fault in FAULTS])
    _say(f"chaos --seed {plan.seed} --scale {plan.scale:g}")
    try:
        with own_corner() as downloads:
            django.setup()
            played = asyncio.run(_run(plan, downloads))
    except asyncio.CancelledError:
        _say("stopped")
        os._exit(1)  # clients may still be asking, and nobody is there to answer
    _say(f"\n{table(played)}\n\nseed {plan.seed}")
    sys.exit(any(each.failed(untimed=plan.untimed) for each in played))


async def _run(plan: Plan, downloads: Path) -> list[Played]:
    faults = [fault for fault in FAULTS if fault.name in plan.only]
    async with running(downloads) as system:  # listens for signals, and ends what it has started
        stages = await asyncio.to_thread(_furnish, faults)
        return [await _aside(_play, fault, plan, stages[fault.name], system) for fault in faults]


async def _aside(play: Callable[..., Played], *given: object) -> Played:
    """Play in a thread that nobody has to wait for when the run is stopped."""
    loop = asyncio.get_running_loop()
    done: asyncio.Future[Played] = loop.create_future()

    def tell(played: Played) -> None:
        if not done.cancelled():  # nobody waits any more for a run that was stopped
            done.set_result(played)

    def run() -> None:
        played = play(*given)
        if not loop.is_closed():
            loop.call_soon_threadsafe(tell, played)

    Thread(target=run, name="fault", daemon=True).start()
    return await done


def _furnish(faults: list[Fault]) -> Mapping[str, Stage]:
    prepare()
    stages = {fault.name: stage_of(fault.name) for fault in faults}
    connection.close()
    connection.close_pool()  # type: ignore[attr-defined]  # its threads would look for Postgres while that is away
    return stages


def _play(fault: Fault, plan: Plan, stage: Stage, system: Running) -> Played:
    begun = time.monotonic()
    played = Played(fault.title, fault.size(plan), _findings(fault, Scene(plan, stage, system, plan.dice(fault.name))))
    _say(f"· {fault.name:<13} {played.size}, {time.monotonic() - begun:.0f} s: {played.verdict}")
    for line in contradictions(played):
        _say(line)
    return played


def _findings(fault: Fault, scene: Scene) -> list[Finding]:
    """What held. A fault that cannot be played to its end is a finding as well."""
    try:
        scene.running.restore()
        with scene.lookout.kept():
            return list(fault.play(scene))
    except Exception:  # whatever it was, it is told as what did not hold, and the run fails
        return [Finding("played to its end", against=traceback.format_exc().splitlines()[-10:])]


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
