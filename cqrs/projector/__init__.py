"""From facts to rows, journal and ledger: exactly once in effect, in any order and any number of deliveries."""

from cqrs.projector.apply import apply
from cqrs.projector.schemas import schema_of
from cqrs.projector.show import CHANNEL

__all__ = ["CHANNEL", "apply", "schema_of"]
