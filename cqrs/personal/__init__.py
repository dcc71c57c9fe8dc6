"""What is personal, and whose: sealed with a key of that person wherever it is kept, open where it is used.

An entity declares which fields of its state are personal (`Entity(..., personal={"email": whose})`); so is every fact's
`ip`, and that is its actor's. Whoever is erased loses the key, and with it all that it sealed.
"""

from cqrs.personal.keys import Keys, MemoryKeys, Sealer, keys, use
from cqrs.personal.opening import ERASED, expect, opened, opened_ip
from cqrs.personal.sealing import sealed

__all__ = ["ERASED", "Keys", "MemoryKeys", "Sealer", "expect", "keys", "opened", "opened_ip", "sealed", "use"]
