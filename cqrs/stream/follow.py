"""One slice of following: claim what is free, read it to its end, show it, give it back."""

import threading
import time
from datetime import timedelta
from functools import partial

import structlog
from django.db import connection

from cqrs.dynamodb import Page, Trimmed, iterator, read_page, shards, store
from cqrs.projector import apply
from cqrs.stream.leases import Lease, advanced, checkpoint, claim, close, hand_over, register, release, ring
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
    while time.monotonic() < until:
        page = _page(lease)
        if page.last:
            lines += apply(page.facts, store=store(), commit=partial(checkpoint, lease=lease, last=page.last))
            lease, empty = advanced(lease, last=page.last), 0
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
    read_to, place = _places.get(lease.shard, ("", ""))
    page = read_page(place) if place and read_to == lease.checkpoint else None
    if page:
        return page
    try:
        return read_page(iterator(lease.shard, after=lease.checkpoint)) or Page((), None, None)
    except Trimmed:
        _heal(lease)
        return Page((), None, None)


def _heal(lease: Lease) -> None:
    """What the stream no longer holds is read from the table itself, every version of every tenant."""
    _log.warning("stream trimmed, scanning the log", shard=lease.shard, checkpoint=lease.checkpoint)
    for page in store().scan():
        apply(page, store=store(), commit=partial(checkpoint, lease=lease, last=lease.checkpoint))
