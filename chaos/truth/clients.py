"""What clients were told, against the log and against each other."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator

from chaos.clients import Told
from chaos.evidence import Evidence
from cqrs.store import Fact


def told_the_truth(evidence: Evidence, told: Iterable[Told]) -> Iterator[str]:
    """What was acknowledged is in the log once, as told; what was refused is not; what is unknown is, at most once."""
    written: defaultdict[str, list[Fact]] = defaultdict(list)
    for facts in evidence.facts.values():
        for fact in facts:
            written[fact.request_id].append(fact)
    for each in told:
        found = [(fact.id, fact.version) for fact in written[each.order.name]]
        if each.is_done and found != [(each.entity, each.version)]:
            yield f"{each.order.name} was told {each.entity}@{each.version}, the log has {found}"
        elif each.is_unknown and len(found) > 1:
            yield f"{each.order.name} was told nothing, the log has {found}"
        elif not each.is_done and not each.is_unknown and found:
            yield f"{each.order.name} was refused ({each.status} {each.answer.get('code')}), the log has {found}"


def no_defect(told: Iterable[Told]) -> Iterator[str]:
    """Nobody was answered with a 500."""
    yield from (f"{each.order.name}: {each.answer}" for each in told if any(one.status == 500 for one in each.tries))


def one_winner(told: Iterable[Told]) -> Iterator[str]:
    """No version was given to two commands."""
    winners = Counter((each.entity, each.version) for each in told if each.is_done)
    yield from (f"{id}@{version} was told to {count}" for (id, version), count in winners.items() if count > 1)


def in_real_time(told: Iterable[Told]) -> Iterator[str]:
    """Of one entity: whoever asked after another had been answered has the higher version."""
    by_entity: defaultdict[str, list[Told]] = defaultdict(list)
    for each in told:
        if each.is_done:
            by_entity[each.entity].append(each)
    for id, answered in by_entity.items():
        ended = sorted(answered, key=lambda each: each.ended)
        newest, at = 0, 0
        for each in sorted(answered, key=lambda each: each.begun):
            while at < len(ended) and ended[at].ended <= each.begun:
                newest, at = max(newest, ended[at].version), at + 1
            if each.version <= newest:
                yield f"{id}: {each.order.name} got {each.version} after {newest} had been answered"


def no_false_conflict(evidence: Evidence, told: Iterable[Told]) -> Iterator[str]:
    """Whoever was told of a conflict had stated a version that was not the newest any more."""
    heads = {facts[-1].code: facts[-1].version for facts in evidence.facts.values()}
    for each in told:
        if each.status in (409, 412) and each.order.stated is not None:
            newest = heads.get(each.order.path.split("/")[1], 0)
            if not each.order.stated < int(each.answer["current_version"]) <= newest:
                yield f"{each.order.name} stated {each.order.stated}, was told {each.answer}, the newest is {newest}"
