"""What stands open of a user in the public schema: their address wherever it is, their name where people write it."""

import re
from collections.abc import Iterator

from django.contrib.admin.models import LogEntry
from django.contrib.sessions.models import Session
from django.db import connection, transaction
from django.db.models import Model
from psycopg import sql

from face.models import AuditLine, Receipt
from tenants.erasure.persons import Person
from tenants.models import AddressClaim, HandOver, Invitation, User

ERASED_AT = "erased.invalid"
"""The domain of an address that leads nowhere (RFC 2606)."""

NAMED: tuple[type[Model], ...] = (AuditLine, Receipt, LogEntry)
"""Where a name may stand in a text: a tenant or a key may be called as people are, and keeps its name."""

OWN_APPS = {"account", "mfa", "socialaccount", "usersessions"}
"""Apps whose rows about a user are that user's own: addresses, second factors."""

COLUMNS = (
    "SELECT table_name, column_name, udt_name FROM information_schema.columns JOIN information_schema.tables"
    " USING (table_schema, table_name) WHERE table_schema = 'public' AND table_type = 'BASE TABLE'"
    " AND udt_name IN ('text', 'varchar', 'jsonb', 'json') AND is_generated = 'NEVER' ORDER BY 1, 2"
)

NO_WORD = r"(?<![\w.+-]){}(?![\w.+-]*\w)"
"""A text that is not part of a longer address or name."""


def anonymous(user: User) -> str:
    """The address that stands for a user who was erased."""
    return f"erased-{user.pk}@{ERASED_AT}"


def lock_out(user: User) -> None:
    """Let nobody in as this user any more."""
    user.is_active = False
    user.set_unusable_password()
    user.save(update_fields=["is_active", "password"])
    HandOver.objects.filter(user=user).delete()
    AddressClaim.objects.filter(user=user).delete()
    for session in Session.objects.iterator():
        if session.get_decoded().get("_auth_user_id") == str(user.pk):
            session.delete()


@transaction.atomic
def scrub(person: Person) -> None:
    """Replace what stands open of a user, all of it or nothing: an erasure that was stopped still finds them."""
    user = person.user
    assert user, "only users stand in the public schema"
    AuditLine.objects.filter(by__in=person.ids).update(ip="")
    for relation in User._meta.related_objects:
        if relation.related_model._meta.app_label in OWN_APPS:
            relation.related_model._default_manager.filter(**{relation.field.name: user}).delete()
    for email in _addresses(user) - {anonymous(user)}:
        _replace(list(_columns()), email, anonymous(user))
    LogEntry.objects.filter(content_type__app_label="tenants", content_type__model="user", object_id=user.pk).update(
        object_repr=anonymous(user)
    )
    if user.name:
        tables = {model._meta.db_table for model in NAMED}
        _replace([each for each in _columns() if each[0] in tables], user.name, f"user:{user.pk}")
    User.objects.filter(pk=user.pk).update(email=anonymous(user), name="", last_login=None)


def _addresses(user: User) -> set[str]:
    """Theirs, and those they had when they were invited."""
    return {user.email, *Invitation.objects.filter(accepted_by=user).values_list("email", flat=True)}


def _columns() -> Iterator[tuple[str, str, str]]:
    with connection.cursor() as cursor:
        cursor.execute(COLUMNS)
        yield from cursor.fetchall()


def _replace(columns: list[tuple[str, str, str]], text: str, by: str) -> None:
    pattern = NO_WORD.format(re.escape(text))
    statement = sql.SQL(
        "UPDATE public.{table} SET {column} = regexp_replace({column}::text, %s, %s, 'gi'){cast}"
        " WHERE {column}::text ~* %s"
    )
    with connection.cursor() as cursor:
        for table, column, kind in columns:
            names = {"table": sql.Identifier(table), "column": sql.Identifier(column)}
            cast = sql.SQL("::") + sql.SQL(kind)
            cursor.execute(statement.format(**names, cast=cast), [pattern, by, pattern])
