"""Bringing tenants' schemas up to date, however many there are: what is up to date already costs a part of one query,
and schemas that lack the same migrations share one plan and one state of the models."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import batched
from typing import Any

from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django_tenants.migration_executors import get_executor
from django_tenants.migration_executors.standard import StandardExecutor
from django_tenants.utils import get_tenant_model, schema_context
from psycopg import sql

from cqrs.progress import Tell, silent

type Names = frozenset[tuple[str, str]]
"""Migrations by app and name."""

AT_ONCE = 100
"""Schemas that one query asks."""

OTHERWISE = ("app_label", "fake", "fake_initial", "plan", "prune", "run_syncdb", "check_unapplied")
"""Options of `migrate_schemas` that ask for more than to be up to date."""


class DueOnly(StandardExecutor):  # type: ignore[misc]  # django-tenants is untyped
    """What `migrate_schemas` runs by: only what is due, and each plan once."""

    codename = "due-only"

    def run_migrations(self, tenants: Sequence[str] | None = None) -> None:
        """Migrate these schemas; the public one, and whatever is asked for in particular, as django-tenants does."""
        schemas = list(tenants or ())
        if self.PUBLIC_SCHEMA_NAME in schemas or any(self.options.get(name) for name in OTHERWISE):
            super().run_migrations(schemas)
            return
        migrate(schemas)
        if not self.options.get("schema_name"):  # what was copied meanwhile, of a pattern that was not up to date yet
            others = get_tenant_model().objects.exclude(schema_name=self.PUBLIC_SCHEMA_NAME)
            migrate(others.values_list("schema_name", flat=True))


def executor(codename: str | None = None) -> type[Any]:
    """The executor of `migrate_schemas`, unless its command line names one. For Django's settings."""
    return get_executor(codename) if codename else DueOnly


def due(schemas: Iterable[str]) -> list[str]:
    """Those that lack a migration, in the order given. What has no schema lacks none: it is to come, or was dropped."""
    wanted, found = frozenset(MigrationLoader(None).disk_migrations), recorded(schemas)
    return [schema for schema in schemas if schema in found and not wanted <= found[schema]]


def migrate(schemas: Iterable[str], *, tell: Tell = silent) -> int:
    """Apply what each of these lacks. Returns how many lacked something. Schema after schema, a transaction for each
    migration; whatever a migration raises ends it, and a second call goes on."""
    behind, done = due(list(schemas)), 0
    for same in _alike(behind):
        for schema in _applied(same):
            done += 1
            tell(schema, done, len(behind))
    return done


def recorded(schemas: Iterable[str]) -> Mapping[str, Names]:
    """What was applied to each of these, by its own record. A schema that does not exist is left out."""
    found: dict[str, Names] = {}
    with connection.cursor() as cursor:
        for some in batched(schemas, AT_ONCE, strict=False):
            cursor.execute(
                "SELECT nspname, to_regclass(quote_ident(nspname) || '.django_migrations') IS NOT NULL"
                " FROM pg_namespace WHERE nspname = ANY(%s)",
                [list(some)],
            )
            there = dict(cursor.fetchall())
            found |= dict.fromkeys(there, frozenset())
            if parts := [_RECORDED.format(sql.Literal(each), sql.Identifier(each)) for each in there if there[each]]:
                cursor.execute(sql.SQL(" UNION ALL ").join(parts))
                found |= {schema: frozenset(map(tuple, names or ())) for schema, names in cursor.fetchall()}
    return found


_RECORDED = sql.SQL("SELECT {}, array_agg(ARRAY[app, name]::text[]) FROM {}.django_migrations")


def _alike(schemas: Sequence[str]) -> Iterable[list[str]]:
    groups = defaultdict[Names, list[str]](list)
    for schema, names in recorded(schemas).items():
        groups[names].append(schema)
    return groups.values()


def _applied(schemas: Sequence[str]) -> Iterator[str]:
    """Apply to each what all of them lack; the plan and the models' state are made once."""
    executor: MigrationExecutor | None = None
    for schema in schemas:
        with schema_context(schema):
            _ensure_record(schema)
            if executor is None:
                executor = MigrationExecutor(connection)
                leaves = executor.loader.graph.leaf_nodes()
                plan, state = executor.migration_plan(leaves), executor.migrate(leaves, plan=[])
                state.apps  # noqa: B018  # renders the models, which its clones then share
            executor.migrate(leaves, plan=plan, state=state.clone())
        yield schema


def _ensure_record(schema: str) -> None:
    """Its table of migrations, made while the public one is out of sight: that would be taken for it."""
    connection.set_schema(schema, include_public=False)  # type: ignore[attr-defined]  # of django-tenants' backend
    MigrationRecorder(connection).ensure_schema()
    connection.set_schema(schema)  # type: ignore[attr-defined]
