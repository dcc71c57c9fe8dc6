"""What `verify` reports."""

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What is different; or, the last three, what is known not to be shown."""

    LOG_GAP = "log_gap"  # the log lacks a version below the newest
    LINE_MISSING = "line_missing"
    LINE_DIFFERS = "line_differs"
    LINE_UNKNOWN = "line_unknown"  # the log holds no such version
    LINE_ORDER = "line_order"  # an entity's versions do not stand one after the other
    POSITION = "position"  # a hole in the journal, or another end than its head says
    ROW_MISSING = "row_missing"
    ROW_VERSION = "row_version"  # not the newest
    ROW_DIFFERS = "row_differs"  # not what the row function makes of it now
    ROW_UNKNOWN = "row_unknown"  # no such entity
    ROW_FAILS = "row_fails"  # the row function raises, and the entity is not parked
    LEDGER_MISSING = "ledger_missing"
    LEDGER_DIFFERS = "ledger_differs"
    LEDGER_UNKNOWN = "ledger_unknown"
    BALANCE = "balance"
    TOTAL = "total"
    STATES = "states"  # changes counted something else than what the newest states add up to
    COUNTER = "counter"  # DynamoDB's number is not the sum of what was counted
    FLOOR = "floor"  # it is below its floor
    NUMBER_MISSING = "number_missing"  # a hole in a gap-free sequence
    NUMBER_UNTAKEN = "number_untaken"  # it would give a number again
    NO_TENANT = "no_tenant"  # neither a schema nor held
    HELD = "held"
    PARKED = "parked"
    DISCARDED = "discarded"


@dataclass(frozen=True, slots=True)
class Difference:
    """One of them. `id` is an entity's, a total's (`STOCK#SKU-1#available`), or empty for the journal itself."""

    kind: Kind
    tenant: str
    id: str = ""
    version: int | None = None
    expected: str = ""
    found: str = ""

    @property
    def is_fault(self) -> bool:
        """Whether something has to be done about it. Somebody decided on what is discarded."""
        return self.kind is not Kind.DISCARDED

    def __str__(self) -> str:
        what = self.id if self.version is None else f"{self.id}@{self.version}"
        return f"{self.kind:<14}  {self.tenant}  {what or 'journal'}  expected {self.expected}; found {self.found}"
