"""One slice of following: claim what is free, read it to its end, show it, give it back."""

import time
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from functools import partial

import structlog
from django.db import connection
from django.db.models.functions import Now

from cqrs.dynamodb.store import store
from cqrs.dynamodb.stream import Page, Trimmed, iterator, read_page, shards
from cqrs.projector import apply
from cqrs.stream.leases import Fenced, Lease, checkpoint, claim, let_go, register, release, ring
from cqrs.stream.models import Shard

SLICE = 5.0
"""Seconds a slice may take before it lets others have their turn."""

PAUSE = 0.01
"""Seconds between two looks at a shard that has nothing new."""

_log = structlog.get_logger(__name__)
_places: dict[str, tuple[str, str]] = {}  # shard → the checkpoint it was read up to, and the iterator that reads on


def follow(*, looks: int = 1, idle_for: timedelta = timedelta()) -> int:
    """Follow every shard that is free and not looked at within `idle_for`; let go of one after `looks` empty looks.

    Returns the number of journal lines written. Shards that others hold are rung, unless `idle_for` says that this is
    a look of our own.
    """
    until, done, lines = time.monotonic() + SLICE, set[str](), 0
    try:
        if not idle_for:
            ring()
        if not Shard.objects.filter(is_closed=False).exists():
            register(shards())
        while time.monotonic() < until and (lease := claim(but=done, idle_for=idle_for)):
            done.add(lease.shard)
            lines += _hold(lease, until=until, looks=looks)
        if not done and not idle_for and not ring() and (lease := claim()):  # let go between the claim and the ring
            lines += _hold(lease, until=until, looks=looks)
    finally:
        connection.close()
    return lines


def _hold(lease: Lease, *, until: float, looks: int) -> int:
    try:
        return _read(lease, until=until, looks=looks)
    except Fenced:
        _log.warning("lease lost", shard=lease.shard, epoch=lease.epoch)
        return 0
    except Exception:
        let_go(lease)
        raise


def _read(lease: Lease, *, until: float, looks: int) -> int:
    lines, empty = _scan(lease) if lease.scan_first else 0, 0
    while time.monotonic() < until:
        try:
            page = _page(lease)
        except Trimmed:
            _forget(lease)
            return lines
        if page.last:
            lines += apply(page.facts, store=store(), commit=partial(checkpoint, lease=lease, last=page.last))
            lease, empty = replace(lease, checkpoint=page.last), 0
        if page.iterator is None:
            register(shards())  # its children first: a crash between the two costs nothing
            let_go(lease, is_closed=True, caught_up_at=Now())
            return lines
        _places[lease.shard] = lease.checkpoint, page.iterator
        empty += not page.last
        if empty >= looks:
            if release(lease):
                return lines
            empty = 0
        elif empty:
            time.sleep(PAUSE)
    let_go(lease)
    return lines


def _page(lease: Lease) -> Page:
    """The next page, from where this process last read if the shard is still there, else from the checkpoint."""
    read_to, place = _places.pop(lease.shard, ("", ""))
    if place and read_to == lease.checkpoint:
        with suppress(Trimmed):  # the place may be too old while the checkpoint is not
            if page := read_page(place):
                return page
    place = iterator(lease.shard, after=lease.checkpoint)
    return read_page(place) or Page((), None, place)


def _forget(lease: Lease) -> None:
    """The stream no longer holds what comes next: the table itself is read first. A shard that is gone although it was
    just read after the table is closed."""
    _log.warning("stream trimmed", shard=lease.shard, checkpoint=lease.checkpoint)
    if lease.scan_first:
        register(shards())
        let_go(lease, is_closed=True, caught_up_at=Now())
    else:
        let_go(lease, scan_first=True, checkpoint="")


def _scan(lease: Lease) -> int:
    """Show every version of every tenant in the table itself; what is shown already stays."""
    seen = partial(checkpoint, lease=lease, last="")
    lines = sum(apply(page, store=store(), commit=seen) for page in store().scan())
    Shard.objects.filter(id=lease.shard, epoch=lease.epoch).update(scan_first=False)
    return lines
