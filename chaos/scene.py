"""What a fault is played in: a tenant of its own, dice of its own, the running system; and what is checked after it."""

import time
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from math import inf
from random import Random

from benchmarks.stage import Stage
from chaos import truth
from chaos.clients import Told
from chaos.evidence import Evidence, await_lines, facts_of, gather
from chaos.findings import Finding, within
from chaos.load import Habits, Load
from chaos.lookout import Lookout
from chaos.plan import Plan
from chaos.running import Running

CAUGHT_UP = 30.0
"""Seconds after the last command in which rows are as new as the log."""

GIVEN_UP = 60.0
POLL = 0.05
FAR = 2**63
"""A position that no journal reaches."""


@dataclass(frozen=True, slots=True)
class Scene:
    """One fault's own."""

    plan: Plan
    stage: Stage
    running: Running
    dice: Random
    lookout: Lookout = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "lookout", Lookout(self.stage.tenant))

    @contextmanager
    def load(self, habits: Habits) -> Iterator[Load]:
        """A load within the block."""
        with Load(self.stage, habits, self.dice).run() as load:
            yield load

    @contextmanager
    def until_followed(self) -> Iterator[None]:
        """Within the block workers are started anew; with its end one of them follows: its claim raises an epoch."""
        before = self.lookout.epochs
        yield
        deadline = time.monotonic() + GIVEN_UP
        while self.lookout.epochs <= before and time.monotonic() < deadline:
            time.sleep(POLL)

    def settle(self, *, since: float, apart: Collection[str] = ()) -> tuple[Evidence, Finding]:
        """The evidence, once the rows are as new as the log, and how long that took; `since` is the instant from which
        on they could become so. Nobody waits for entities that are set `apart`."""
        facts = facts_of(self.stage.tenant)
        waited_for = sum(len(each) for id, each in facts.items() if id not in apart)
        at = self.lookout.reached(waited_for, within=GIVEN_UP)
        if apart:
            at = await_lines(self.stage, waited_for, but=apart, within=GIVEN_UP)
        taken = GIVEN_UP if at is None else max(0.0, at - since)
        return gather(self.stage, facts), within("caught up", taken, CAUGHT_UP)

    def truth(self, evidence: Evidence, told: Sequence[Told], *, apart: Collection[str] = ()) -> Iterator[Finding]:
        """What must hold after every fault. Entities set `apart` are not shown."""
        figure = f"{sum(each.is_done for each in told)} done, {sum(each.is_unknown for each in told)} unknown"
        differences = [*truth.log_is_whole(evidence), *truth.told_the_truth(evidence, told)]
        yield Finding("nothing lost or twice", figure, differences)
        yield _finding("one winner", truth.one_winner(told))
        yield _finding("real-time order", truth.in_real_time(told))
        yield _finding("no false conflict", truth.no_false_conflict(evidence, told))
        yield _finding("no 500", truth.no_defect(told))
        yield _finding("journal = log", truth.journal_is_the_log(evidence, apart=apart))
        yield _finding("rows = log", truth.rows_are_the_newest(evidence, apart=apart))
        yield _finding("counters = ledger = log", truth.counters_add_up(evidence, apart=apart))
        yield _finding("no checkpoint back", self.lookout.backwards())

    def lags(self, evidence: Evidence, told: Iterable[Told]) -> list[float]:
        """Per acknowledged command, the seconds from its answer until its row was seen; infinite where it never was."""
        positions = {(line["entity_id"], line["version"]): line["position"] for line in evidence.lines}
        seen = (
            (each.ended, self.lookout.seen_at(positions.get((each.entity, each.version), FAR)))
            for each in told
            if each.is_done
        )
        return [inf if at is None else max(0.0, at - ended) for ended, at in seen]


def _finding(claim: str, differences: Iterable[str]) -> Finding:
    return Finding(claim, against=[*differences])
