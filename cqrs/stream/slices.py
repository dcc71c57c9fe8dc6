"""A slice of following in this process: the stream in DynamoDB, leases and view in Postgres."""

import os
import socket
from datetime import timedelta
from functools import cache

from django.db import connection

from cqrs.dynamodb.store import store
from cqrs.dynamodb.stream import DynamoSource
from cqrs.projector.unpark import release
from cqrs.stream.follow import Follower
from cqrs.stream.shards import PostgresLeases
from cqrs.stream.view import Projector
from cqrs.telemetry import following


def follow(*, looks: int = 1, idle_for: timedelta = timedelta()) -> int:
    """See `Follower.slice`. Returns the number of journal lines written."""
    following("look" if idle_for else "ring")
    try:
        return follower().slice(looks=looks, idle_for=idle_for)
    finally:
        connection.close()


def look_after_held() -> int:
    """Show what was held and can be shown now. Returns the number of journal lines written."""
    try:
        return release(store=store())
    finally:
        connection.close()


def name_of(pid: int) -> str:
    """What a process of this machine is called where it holds leases."""
    return f"{socket.gethostname()}:{pid}"


@cache
def follower() -> Follower:
    """This process's follower; it remembers where it was in each shard."""
    return Follower(DynamoSource(), PostgresLeases(name_of(os.getpid())), Projector(store()))
