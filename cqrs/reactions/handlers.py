"""The handlers of this release, and since when they react."""

from datetime import datetime

from django.db import connection, transaction

from cqrs.reactions.registry import REACTIONS, Reaction

_since: dict[str, datetime | None] = {}


def meet() -> None:
    """Note the handlers that no release before had: each starts at the end of every journal, unless it says that it
    wants all of it. A tenant that comes later is read from its beginning."""
    for name in REACTIONS.keys() - _since.keys():
        _since[name] = _meet(REACTIONS[name])


def since(name: str) -> datetime | None:
    """The time that a handler was met at; None where it reacts to the first fact of all."""
    return _since[name]


def _meet(reaction: Reaction) -> datetime | None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO public.reaction_handler (name, since) VALUES (%s, CASE WHEN %s THEN NULL ELSE now() END)"
            " ON CONFLICT DO NOTHING",
            [reaction.name, reaction.from_beginning],
        )
        if cursor.rowcount and not reaction.from_beginning:
            cursor.execute(
                "INSERT INTO public.reaction_cursor (tenant_code, handler, position, next_at)"
                " SELECT tenant_code, %s, position, now() FROM public.journal_head ON CONFLICT DO NOTHING",
                [reaction.name],
            )
        cursor.execute("SELECT since FROM public.reaction_handler WHERE name = %s", [reaction.name])
        found: datetime | None = cursor.fetchone()[0]
        return found
