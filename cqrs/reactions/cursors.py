"""Which handlers have something before them in which journals."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.db import connection

from cqrs.reactions.registry import REACTIONS


@dataclass(frozen=True, slots=True)
class Behind:
    """A handler that a tenant's journal has gone ahead of: it has handled up to `position`, there is `head`."""

    tenant: str
    handler: str
    position: int
    head: int
    attempts: int


def behind(handlers: Collection[str]) -> list[Behind]:
    """The cursors of these handlers that have something before them, and that nobody holds or pauses; the one that has
    waited longest first."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT head.tenant_code, name, coalesce(own.position, 0), head.position, coalesce(own.attempts, 0)"
            " FROM public.journal_head head CROSS JOIN unnest(%s::text[]) name LEFT JOIN public.reaction_cursor own"
            " ON own.tenant_code = head.tenant_code AND own.handler = name"
            " WHERE head.position > coalesce(own.position, 0) AND coalesce(own.next_at, '-infinity') <= now()"
            " ORDER BY own.next_at NULLS FIRST",
            [list(handlers)],
        )
        return [Behind(*row) for row in cursor.fetchall()]


def start_over(tenant: str) -> None:
    """A tenant's journal begins anew, at position 1, and is filled from the log: each handler goes on after the newest
    fact that it has handled. In the transaction that empties the journal."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE public.reaction_cursor SET position = 0, since = greatest(since, seen_at), epoch = epoch + 1,"
            " holder = '', next_at = now(), attempts = 0, fact = '', error = '' WHERE tenant_code = %s",
            [tenant],
        )


def done_with(tenant: str) -> None:
    """What happened before now is done with in this tenant, whatever handler reads of it: its log is being filled with
    what already had its effects."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO public.reaction_cursor AS own (tenant_code, handler, since, next_at)"
            " SELECT %s, name, now(), now() FROM (SELECT name FROM public.reaction_handler"
            " UNION SELECT unnest(%s::text[])) AS known"
            " ON CONFLICT (tenant_code, handler) DO UPDATE SET since = greatest(own.since, EXCLUDED.since)",
            [tenant, list(REACTIONS)],
        )


def are_held(handlers: Collection[str]) -> bool:
    """Whether a cursor of these handlers is held by anybody who lives."""
    held = "SELECT FROM public.reaction_cursor WHERE handler = ANY(%s) AND holder <> '' AND next_at > now() LIMIT 1"
    with connection.cursor() as cursor:
        cursor.execute(held, [list(handlers)])
        return cursor.fetchone() is not None


def pass_by(found: Sequence[Behind]) -> None:
    """Nothing up to the heads of these concerns their handlers. That is true whoever holds them."""
    if not found:
        return
    ordered = sorted(found, key=lambda each: (each.tenant, each.handler))  # in one order, so that nobody deadlocks
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO public.reaction_cursor AS own (tenant_code, handler, position, next_at)"
            " SELECT tenant, handler, head, now() FROM unnest(%s::text[], %s::text[], %s::bigint[])"
            " AS passed(tenant, handler, head)"
            " ON CONFLICT (tenant_code, handler) DO UPDATE SET position = EXCLUDED.position"
            " WHERE own.position < EXCLUDED.position",
            [[each.tenant for each in ordered], [each.handler for each in ordered], [each.head for each in ordered]],
        )
