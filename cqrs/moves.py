"""From what changes count to moves of counters, and from moves that could not be made to a refusal."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from cqrs.domain import Counter, Refused, Short, partition
from cqrs.limits import changed, limits_of
from cqrs.log import Log
from cqrs.steps import Step
from cqrs.store import Move, Rejected, Tally

type Thing = tuple[Counter, str]
"""A counted thing: what kind it is, and its key."""


def moves_of(steps: Iterable[Step], log: Log) -> dict[Thing, Move]:
    """One move for each thing that the steps count otherwise than before, or limit otherwise."""
    deltas: defaultdict[Thing, dict[str, int]] = defaultdict(dict)
    limits: defaultdict[Thing, dict[str, int | None]] = defaultdict(dict)
    exactly: defaultdict[Thing, dict[str, int]] = defaultdict(dict)
    for step in steps:
        for count, delta in step.deltas.items():
            moved = deltas[count.counter, count.key]
            moved[count.number] = moved.get(count.number, 0) + delta
        for count, limit in step.limits.items():
            limits[count.counter, count.key][count.number] = limit
        for count, number in step.exactly.items():
            exactly[count.counter, count.key][count.number] = number
    found = {thing: {name: delta for name, delta in moved.items() if delta} for thing, moved in deltas.items()}
    things = [thing for thing in dict.fromkeys([*found, *limits]) if found.get(thing) or thing in limits]
    moves = {thing: _move(thing, found.get(thing, {}), limits.get(thing, {}), log) for thing in things}
    return {thing: _decided_on(move, exactly.get(thing, {})) for thing, move in moves.items()}


def refusal(rejected: Rejected, moves: Mapping[Thing, Move], steps: Sequence[Step]) -> Refused | None:
    """Why these moves could not be made; None where a limit was not the one assumed, so that they are worth another
    try."""
    things = {(move.pk, move.sk): thing for thing, move in moves.items()}
    shorts = list[Short]()
    for move, tally in rejected.failed:
        if isinstance(move, Move) and isinstance(tally, Mapping):
            thing = things[move.pk, move.sk]
            if move.is_stale(tally):
                changed(move, thing[0], tally)
                return None
            shorts += _shorts(thing, move, tally)
    counter = shorts[0].count.counter
    same = [short for short in shorts if short.count.counter == counter]
    mover = next(step for step in steps if same[0].count in step.deltas)
    return mover.command.entity.short(mover.after.state, same) or counter.refusal(same)


def _move(thing: Thing, deltas: Tally, sets: Mapping[str, int | None], log: Log) -> Move:
    counter, key = thing
    floors = {name: floor for name, floor in counter.floors.items() if deltas.get(name, 0) < 0}
    limited = {name: limit for name, limit in counter.limits.items() if deltas.get(name, 0) > 0}
    tally = limits_of(log, counter, key) if set(limited.values()) - sets.keys() else {}
    assumed = {limit: tally.get(limit) for limit in limited.values() if limit not in sets}
    bounds = {name: {**assumed, **sets}[limit] for name, limit in limited.items()}
    return Move(
        partition(counter.kind, log.tenant),
        key,
        deltas,
        least={name: floor - deltas[name] for name, floor in floors.items()},
        most={name: bound - deltas[name] for name, bound in bounds.items() if bound is not None},
        assumed=assumed,
        sets=sets,
    )


def _decided_on(move: Move, exactly: Tally) -> Move:
    least = {name: max(number, move.least.get(name, number)) for name, number in exactly.items()}
    most = {name: min(number, move.most.get(name, number)) for name, number in exactly.items()}
    return replace(move, least={**move.least, **least}, most={**move.most, **most}) if exactly else move


def _shorts(thing: Thing, move: Move, tally: Tally) -> list[Short]:
    counter, key = thing
    bounds = {name: bound + move.deltas[name] for name, bound in {**move.least, **move.most}.items()}
    return [
        Short(counter.at(key, name), move.deltas[name], tally.get(name, 0), bounds[name]) for name in move.short(tally)
    ]
