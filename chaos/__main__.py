"""One run: start everything, play the faults one after the other, print the table."""

import asyncio
import sys
import time
import traceback
from collections.abc import Mapping
from pathlib import Path

import django

from benchmarks.stage import Stage, prepare, stage_of
from chaos.faults import FAULTS
from chaos.faults.fault import Fault
from chaos.findings import Finding, Played, table
from chaos.plan import Plan, plan_of
from chaos.running import Running, own_corner, running
from chaos.scene import Scene


def main() -> None:
    """Break what the command line asks for; exit 1 when anything did not hold."""
    plan = plan_of(sys.argv[1:], known=[fault.name for fault in FAULTS])
    _say(f"chaos --seed {plan.seed} --scale {plan.scale:g}")
    with own_corner() as downloads:
        django.setup()
        played = asyncio.run(_run(plan, downloads))
    _say(f"\n{table(played)}\n\nseed {plan.seed}")
    sys.exit(any(each.broken for each in played))


async def _run(plan: Plan, downloads: Path) -> list[Played]:
    faults = [fault for fault in FAULTS if fault.name in plan.only]
    async with running(downloads) as system:
        stages = await asyncio.to_thread(_furnish, faults)
        return [await asyncio.to_thread(_play, fault, plan, stages[fault.name], system) for fault in faults]


def _furnish(faults: list[Fault]) -> Mapping[str, Stage]:
    prepare()
    return {fault.name: stage_of(fault.name) for fault in faults}


def _play(fault: Fault, plan: Plan, stage: Stage, system: Running) -> Played:
    begun = time.monotonic()
    system.restore()
    ready = time.monotonic()
    findings = _findings(fault, Scene(plan, stage, system, plan.dice(fault.name)))
    played = Played(fault.title, fault.size(plan), findings)
    _say(
        f"· {fault.name:<14} {played.size}, {time.monotonic() - ready:.0f} s after {ready - begun:.0f} s {played.verdict}"
    )
    return played


def _findings(fault: Fault, scene: Scene) -> list[Finding]:
    """What held. A fault that cannot be played to its end is a finding as well."""
    try:
        with scene.lookout.kept():
            return list(fault.play(scene))
    except Exception:
        return [Finding("played to its end", against=traceback.format_exc().splitlines()[-10:])]


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
