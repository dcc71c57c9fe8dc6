"""Facts on which a process has died: shown in small parts, each named beforehand, until the one that kills is known."""

from collections.abc import Iterator, Sequence
from math import ceil

from cqrs.store import Fact
from cqrs.stream.leases import Lease, Leases
from cqrs.stream.view import View

PARTS = 8
"""Into how many parts suspects are cut at each death; a death costs about as much as some small transactions."""

DEATHS_MOST = 2
"""So many deaths with one entity alone in trial, and it is parked."""

DIED = "The process that made its rows died of it."


def try_out(facts: Sequence[Fact], lease: Lease, *, leases: Leases, view: View) -> int:
    """Show these facts part by part. Returns the number of journal lines; Fenced."""
    lines, renew = 0, leases.renew(lease)
    for ids in _parts(sorted({fact.id for fact in facts}), lease.suspects):
        part = [fact for fact in facts if fact.id in ids]
        if lease.suspects == tuple(ids) and len(ids) == 1 and lease.deaths >= DEATHS_MOST:
            view.park(part, error=DIED, renew=renew)
        else:
            leases.mark(lease, ids)
            lines += view.show(part, commit=leases.acquit(lease), renew=renew)
    return lines


def _parts(ids: Sequence[str], suspects: Sequence[str]) -> Iterator[list[str]]:
    """The suspects in parts, so that each death leaves fewer of them; then the others together. Everybody is suspect
    where nobody is named."""
    accused = [id for id in ids if id in suspects] or list(ids)
    size = ceil(len(accused) / PARTS) or 1
    for start in range(0, len(accused), size):
        yield accused[start : start + size]
    if others := [id for id in ids if id not in accused]:
        yield others
