"""A file read again: looked through from end to end before anything is made from it."""

import hashlib
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any
from zipfile import BadZipFile, ZipFile

import orjson

from cqrs.progress import Tell, silent
from cqrs.projections import PROJECTIONS
from cqrs.store import Fact
from tenants.archive.control import from_json
from tenants.archive.format import CONTROL, COUNTERS, FACTS, FORMAT, FORMAT_VERSION, MANIFEST, fact_of
from tenants.archive.source import Source

MOST = 1 << 20
"""Bytes read together."""


class Corrupt(Exception):
    """This file is not what was written, or nothing that this release can read."""


def from_file(path: Path, *, as_of: datetime | None = None, tell: Tell = silent) -> Source:
    """The tenant in a file, as its log was at a time if one is given. Corrupt."""
    try:
        with ZipFile(path) as archive:
            text = archive.read(MANIFEST)
            manifest = _checked(archive, orjson.loads(text), tell)
            control = from_json(orjson.loads(archive.read(CONTROL)))
            return Source(
                label=f"{hashlib.sha256(text).hexdigest()}{f' as of {as_of.isoformat()}' if as_of else ''}",
                control=control,
                about=manifest["facts"],
                fast=_sequences(archive),
                facts=lambda: _facts(path, as_of),
            )
    except (BadZipFile, KeyError, TypeError, ValueError, EOFError) as error:
        raise Corrupt(f"{path}: {error}") from error


def _checked(archive: ZipFile, manifest: Any, tell: Tell) -> Mapping[str, Any]:
    """The manifest, if every member is as it says. Corrupt."""
    if (manifest["format"], manifest["format_version"]) != (FORMAT, FORMAT_VERSION):
        raise Corrupt(f"format {manifest['format']} {manifest['format_version']} is not known here")
    if unknown := manifest["types"].keys() - PROJECTIONS.keys():
        raise Corrupt(f"this release knows no {', '.join(sorted(unknown))}")
    for name in (FACTS, COUNTERS, CONTROL):
        said = manifest["members"][name]
        if _measured(archive, name, said["bytes"], tell) != (said["sha256"], said["bytes"], said["lines"]):
            raise Corrupt(f"{name} is not what the manifest says")
    if manifest["facts"] != manifest["members"][FACTS]["lines"]:
        raise Corrupt("the manifest contradicts itself")
    return manifest  # type: ignore[no-any-return]


def _measured(archive: ZipFile, name: str, size: int, tell: Tell) -> tuple[str, int, int]:
    digest, read, lines = hashlib.sha256(), 0, 0
    with archive.open(name) as member:
        while some := member.read(MOST):
            digest.update(some)
            read, lines = read + len(some), lines + some.count(b"\n")
            tell(f"checking {name}", read, max(read, size))
    return digest.hexdigest(), read, lines


def _facts(path: Path, as_of: datetime | None) -> Iterator[Fact]:
    with ZipFile(path) as archive, archive.open(FACTS) as member:
        for line in member:
            fact = fact_of(orjson.loads(line))
            if as_of is None or fact.at <= as_of:
                yield fact


def _sequences(archive: ZipFile) -> Mapping[str, int]:
    with archive.open(COUNTERS) as member:
        counters = [each for line in member if (each := orjson.loads(line))["kind"] == "SEQ"]
    fast = {type for type, projection in PROJECTIONS.items() if getattr(projection.entity.code, "fast", False)}
    return {each["key"]: each["numbers"]["no"] for each in counters if each["key"].partition("#")[0] in fast}
