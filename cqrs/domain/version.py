"""One entity as one fact left it: the unit of the log."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

VERSION_FIRST = 0
"""The version a new entity is decided on; its first stored version is this plus 1."""

type Json = bool | int | float | str | list[Json] | Mapping[str, Json] | None


def partition(type: str, tenant: str) -> str:
    """The partition key of a tenant's entities of one type: `ORDER#acme`."""
    return f"{type}#{tenant}"


def entity_id(*, pk: str, sk: str) -> str:
    """The log's key of an entity: `ORDER#acme#ORDER#ORD-000001`."""
    return f"{pk}#{sk}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Version[S]:
    """An immutable, numbered version of an entity, with its whole state and the fact that made it.

    `version` counts 1, 2, 3 … without a hole. `at` is UTC and never earlier than that of the version before.
    `trace` is the W3C `traceparent` of the command, where traces are on; `on_behalf_of` the support access under which
    staff sent it.
    """

    tenant_code: str
    type: str
    sk: str
    version: int
    code: str
    name: str
    fact: str
    rule: str
    args: Mapping[str, Json]
    state: S
    is_deleted: bool
    at: datetime
    by: str
    created_at: datetime
    created_by: str
    command_id: str
    request_id: str = ""
    source: str = ""
    ip: str = ""
    schema: int = 1
    trace: str = ""
    on_behalf_of: str = ""

    @property
    def pk(self) -> str:
        return partition(self.type, self.tenant_code)

    @property
    def id(self) -> str:
        return entity_id(pk=self.pk, sk=self.sk)
