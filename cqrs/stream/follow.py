"""One slice of following: claim what is free, read it to its end, show it, give it back."""

import threading
import time
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from functools import partial

import structlog
from django.db import connection

from cqrs.dynamodb import Page, Trimmed, iterator, read_page, shards, store
from cqrs.projector import apply
from cqrs.stream.leases import Lease, checkpoint, claim, close, forgotten, hand_over, register, release, ring, scanned
from cqrs.stream.models import Shard

SLICE = 5.0
"""Seconds a slice may take before it lets others have their turn."""

PAUSE = 0.01
"""Seconds between two looks at a shard that has nothing new."""

_log = structlog.get_logger(__name__)
_places: dict[str, tuple[str, str]] = {}  # shard → the checkpoint it was read up to, and the iterator that reads on
_never = threading.Event()


def follow(*, looks: int = 1, idle_for: timedelta = timedelta()) -> int:
    """Follow every shard that is free and not looked at within `idle_for`; let go of one after `looks` empty looks.

    Returns the number of journal lines written. A shard held by another worker is rung instead.
    """
    until, done, lines = time.monotonic() + SLICE, set[str](), 0
    try:
        while time.monotonic() < until and (lease := _claim(done, idle_for)):
            done.add(lease.shard)
            lines += _read(lease, until=until, looks=looks)
    finally:
        connection.close()
    return lines


def _claim(done: set[str], idle_for: timedelta) -> Lease | None:
    lease = claim(but=done, idle_for=idle_for)
    if lease or done:
        return lease
    if not Shard.objects.exists():
        register(shards())
        return claim()
    if not idle_for and not ring():
        return claim()  # a shard was let go between the claim and the ring
    return None


def _read(lease: Lease, *, until: float, looks: int) -> int:
    lines = empty = 0
    if lease.scan_first:
        lines = _scan(lease)
    while time.monotonic() < until:
        try:
            page = _page(lease)
        except Trimmed:
            return lines + _forget(lease)
        if page.last:
            lines += apply(page.facts, store=store(), commit=partial(checkpoint, lease=lease, last=page.last))
            lease, empty = replace(lease, checkpoint=page.last), 0
        if page.iterator is None:
            close(lease)
            register(shards())
            return lines
        _places[lease.shard] = lease.checkpoint, page.iterator
        empty += not page.last
        if empty >= looks:
            if release(lease):
                return lines
            empty = 0
        elif empty:
            _never.wait(PAUSE)
    hand_over(lease)
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


def _forget(lease: Lease) -> int:
    """What comes after the checkpoint is gone from the stream; a shard gone from its very beginning is closed."""
    _log.warning("stream trimmed", shard=lease.shard, checkpoint=lease.checkpoint)
    if lease.checkpoint:
        forgotten(lease)
    else:
        close(lease)
    return 0


def _scan(lease: Lease) -> int:
    """Show every version of every tenant in the table itself; what is shown already stays."""
    seen = partial(checkpoint, lease=lease, last="")
    lines = sum(apply(page, store=store(), commit=seen) for page in store().scan())
    scanned(lease)
    return lines
