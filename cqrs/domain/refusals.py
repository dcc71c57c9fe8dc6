"""Why a command did not happen. A refusal's docstring is its message, its class name its code."""

import re
from collections.abc import Sequence
from typing import ClassVar


class Refused(Exception):
    """The command is refused."""

    code: ClassVar[str] = "refused"
    """Of a subclass: its name in snake_case, `EmptyName` is `empty_name`, unless it says another."""

    def __init_subclass__(cls) -> None:
        if "code" not in cls.__dict__:
            cls.code = re.sub(r"(?<!^)(?=[A-Z])", "_", cls.__name__).lower()

    def __init__(self, detail: str = "", *, pointer: str = "", **fields: object) -> None:
        """`detail` replaces the docstring's first line; `pointer` is an RFC 6901 pointer to the argument at
        fault; `fields` are further members of the answer."""
        self.detail = detail or (type(self).__doc__ or "").strip().partition("\n")[0]
        self.pointer = pointer
        self.fields = fields
        super().__init__(self.detail)


class NotFound(Refused):
    """There is nothing here by that name."""


class Removed(Refused):
    """This has been removed; only `restore` applies to it."""


class QuotaExceeded(Refused):
    """This is more than the plan has."""


class KeyReused(Refused):
    """This Idempotency-Key was used for another request."""

    code = "idempotency_key_reused"


class Stale(Refused):
    """This was decided on something that is not so any more."""


class Conflict(Stale):
    """This was decided on a version that is not the current one."""

    def __init__(self, *, current_version: int, changed_fields: Sequence[str] = ()) -> None:
        """`current_version` is 0 where nothing exists; `changed_fields` are the state's fields that differ between
        the version the command was decided on and the current one."""
        super().__init__(current_version=current_version, changed_fields=list(changed_fields))
        self.current_version = current_version


class Unavailable(Refused):
    """A store did not answer: whether the command happened is unknown. Ask again with the same Idempotency-Key."""

    code = "unknown"


class Busy(Unavailable):
    """Too many write here at once. Nothing has happened; ask again."""

    code = "busy"


class StoreAway(Unavailable):
    """A store is away for a moment. Ask again, a command with the same Idempotency-Key."""

    code = "unavailable"

    def __init__(self, *, cure: str = "") -> None:
        """`cure` is what an operator can do about it; clients are not told."""
        super().__init__()
        self.cure = cure
