"""Numbers for codes."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Sequence:
    """Numbers for codes, counted per tenant: `ORD-%%no#:0>6%%` gives ORD-000001, ORD-000002 …

    Gap-free numbers are taken in the command's own transaction; `fast` ones by an atomic add before it, so that
    a refused command leaves a gap.
    """

    format: str
    fast: bool = False
