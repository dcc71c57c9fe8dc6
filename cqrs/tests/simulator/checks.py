"""What must hold after every step, and when everything has come to rest."""

from collections import defaultdict
from collections.abc import Iterable

from cqrs.store import Fact
from cqrs.stream.leases import Lease
from cqrs.tests.simulator.stage import Stage
from cqrs.tests.simulator.stream import SimulatedStream, Strand


class Checks:
    """Remembers what was, to compare it with what is."""

    def __init__(self) -> None:
        self._epochs, self._checkpoints = defaultdict[str, int](int), dict[str, int]()
        self._rows = defaultdict[str, int](int)

    def held(self, lease: Lease, stage: Stage, stream: SimulatedStream) -> None:
        """Somebody has got a lease."""
        assert lease.epoch > self._epochs[lease.shard], "held by two under one epoch"
        self._epochs[lease.shard] = lease.epoch
        strand = stream.strands.get(lease.shard)
        if strand and stream.is_left(strand.parent):
            _check_read_to_its_end(stream.strands[strand.parent], stage)

    def look(self, stage: Stage, stream: SimulatedStream) -> None:
        """After each step."""
        for id, noted in stage.shards().items():
            if not noted.segment:
                self._look_at(id, int(noted.checkpoint or 0), stream)
        for id, version in stage.rows().items():
            assert version >= self._rows[id], f"{id} went back to {version}"
            self._rows[id] = version

    def _look_at(self, shard: str, checkpoint: int, stream: SimulatedStream) -> None:
        before, self._checkpoints[shard] = self._checkpoints.get(shard, 0), checkpoint
        if checkpoint < before:
            assert checkpoint == 0, f"{shard} went back from {before} to {checkpoint}"
            assert not stream.is_left(shard) or stream.strands[shard].trimmed >= before, f"{shard} went back"


def missing(facts: Iterable[Fact], stage: Stage) -> list[Fact]:
    """Those that are neither shown nor set apart."""
    apart, rows = stage.parked(), stage.rows()
    return [fact for fact in facts if fact.id not in apart and fact.version > rows.get(fact.id, 0)]


def check_all_shown(facts: list[Fact], stage: Stage, *, killers: set[str]) -> None:
    """Everything is at rest: journal and rows are what the log says, and exactly those that kill are set apart."""
    log, journal = defaultdict[str, list[int]](list), defaultdict[str, list[int]](list)
    for fact in facts:
        log[fact.id].append(fact.version)
    for id, version in stage.journal():
        journal[id].append(version)
    assert stage.parked() == killers & log.keys()
    harmless = {id: versions for id, versions in log.items() if id not in killers}
    assert journal == harmless
    assert stage.rows() == {id: versions[-1] for id, versions in harmless.items()}


def _check_read_to_its_end(parent: Strand, stage: Stage) -> None:
    assert parent.is_finished, f"a child of {parent.id} is read before it"
    lost = missing((record.fact for record in parent.records), stage)
    assert not lost, f"a child of {parent.id} is read before {lost[0].id} was shown"
