"""A published plan, as a subscription pins it: it never changes, whatever becomes of the catalogue."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from billing.domain.metrics import Metric


class Cycle(StrEnum):
    """How long a period is."""

    MONTHLY = "monthly"
    YEARLY = "yearly"


class Enforcement(StrEnum):
    """What happens at a limit: hard refuses what goes above it, grace does so some percent later, soft never."""

    HARD = "hard"
    SOFT = "soft"
    GRACE = "grace"


@dataclass(frozen=True)
class Limit:
    """How much of a metric a plan has: None is without limit, 0 is none. `unit_price` is what each one above costs, in
    minor units."""

    most: int | None = None
    enforcement: Enforcement = Enforcement.HARD
    grace_percent: int = 0
    unit_price: Decimal = Decimal(0)

    @property
    def enforced(self) -> int | None:
        """Above how much the write itself refuses; None where it never does."""
        if self.most is None or self.enforcement == Enforcement.SOFT:
            return None
        grace = self.grace_percent if self.enforcement == Enforcement.GRACE else 0
        return self.most + self.most * grace // 100


UNLIMITED = Limit()


@dataclass(frozen=True)
class Plan:
    """One version of a plan. Prices are for a whole period, in minor units."""

    code: str
    version: int
    name: str
    currency: str
    monthly: int
    yearly: int
    limits: Mapping[Metric, Limit] = field(default_factory=dict)
    features: tuple[str, ...] = ()
    tax_percent: Decimal = Decimal(0)

    def price(self, cycle: Cycle) -> int:
        """Of one period."""
        return self.yearly if cycle == Cycle.YEARLY else self.monthly

    def limit(self, metric: Metric) -> Limit:
        """What it says of a metric; without limit where it says nothing."""
        return self.limits.get(metric, UNLIMITED)
