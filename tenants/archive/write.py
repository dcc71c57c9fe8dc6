"""A tenant written into a file: a page at a time, so that memory does not grow with it."""

import hashlib
import os
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import orjson
from django.db import connection
from django.utils import timezone
from psycopg import sql

from cqrs.domain import Json, partition
from cqrs.models import Total
from cqrs.portable import about, every, open_whole
from cqrs.progress import Tell, silent
from cqrs.projector.tables import table_of
from cqrs.store import Store
from face.kept import note
from tenants.archive.control import as_json, control_of
from tenants.archive.format import CONTROL, COUNTERS, FACTS, FORMAT, FORMAT_VERSION, MANIFEST, event
from tenants.models import Tenant

EVERY = 1000
"""Facts between two words on how far it is."""


@dataclass(frozen=True, slots=True)
class Made:
    """A file that was written: how many facts it holds, and the digest of its manifest."""

    facts: int
    sha256: str


def export(tenant: Tenant, to: Path, *, store: Store, by: str, reason: str = "", tell: Tell = silent) -> Made:
    """Write the whole tenant into a new file, for its owner's eyes only; all of it, or nothing. Its audit says who did.
    FileExistsError.

    Counters are read after the facts: numbers taken meanwhile are in them, and none that a fact has is not.
    """
    if to.exists():
        raise FileExistsError(to)
    draft = to.with_name(f"{to.name}.draft")
    draft.unlink(missing_ok=True)
    try:
        with open(os.open(draft, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600), "w+b") as file:
            with ZipFile(file, "w", ZIP_DEFLATED, compresslevel=3) as archive:
                made = _fill(archive, tenant, store, tell)
            file.flush()
            os.fsync(file.fileno())
        detail: dict[str, Json] = {"facts": made.facts, "sha256": made.sha256}
        note(
            None, tenant=tenant.code, by=by, action="tenant.exported", subject=tenant.code, detail=detail, reason=reason
        )
        draft.rename(to)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
    return made


def _fill(archive: ZipFile, tenant: Tenant, store: Store, tell: Tell) -> Made:
    types = Counter[str]()
    members = {
        FACTS: _put(archive, FACTS, _facts(tenant, types, store, tell)),
        COUNTERS: _put(archive, COUNTERS, _counters(tenant, store)),
        CONTROL: _put(archive, CONTROL, [as_json(control_of(tenant))]),
    }
    manifest = {
        "format": FORMAT,
        "format_version": FORMAT_VERSION,
        "tenant": tenant.code,
        "made_at": timezone.now(),
        "facts": types.total(),
        "types": types,
        "members": members,
    }
    text = orjson.dumps(manifest, option=orjson.OPT_INDENT_2)
    archive.writestr(MANIFEST, text)
    return Made(types.total(), hashlib.sha256(text).hexdigest())


def _put(archive: ZipFile, name: str, lines: Iterable[Any]) -> dict[str, Any]:
    """What the manifest says of it."""
    digest, size, count = hashlib.sha256(), 0, 0
    with archive.open(name, "w", force_zip64=True) as member:
        for line in lines:
            text = orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE | orjson.OPT_UTC_Z)
            digest.update(text)
            member.write(text)
            size, count = size + len(text), count + 1
    return {"sha256": digest.hexdigest(), "bytes": size, "lines": count}


def _facts(tenant: Tenant, types: Counter[str], store: Store, tell: Tell) -> Iterator[dict[str, Any]]:
    total = about(tenant.code)
    for done, placed in enumerate(every(tenant.code, store=store), 1):
        types[placed.fact.type] += 1
        yield event(replace(placed, fact=open_whole(placed.fact)))
        if done % EVERY == 0:
            tell("facts", done, max(done, total))


def _counters(tenant: Tenant, store: Store) -> Iterator[dict[str, Any]]:
    kinds = sql.SQL("SELECT DISTINCT kind FROM {} ORDER BY kind").format(table_of(tenant.schema_name, Total))
    with connection.cursor() as cursor:
        cursor.execute(kinds)
        found = [kind for (kind,) in cursor.fetchall()]
    for kind in [*found, "SEQ"]:
        for key, numbers in store.counters(partition(kind, tenant.code)):
            yield {"kind": kind, "key": key, "numbers": numbers}
