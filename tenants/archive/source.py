"""What a new tenant is made from."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from cqrs.portable import about, every, fast_numbers
from cqrs.store import Fact, Store
from tenants.archive.control import Control, control_of
from tenants.models import PUBLIC, Tenant
from tenants.provisioning.tenants import OURS


@dataclass(frozen=True, slots=True)
class Source:
    """A tenant to be made again elsewhere. `label` is the same whenever the same is made again; `about` is how many
    facts there are, no fewer; `fast` the last number of each sequence that may have gaps."""

    label: str
    control: Control
    about: int
    fast: Mapping[str, int]
    facts: Callable[[], Iterator[Fact]]


def named(code: str) -> Tenant | None:
    """The tenant of this code, if it is somebody's, or was only just held: what is being made, or is gone, is none."""
    theirs = Tenant.objects.exclude(code=PUBLIC).filter(state__in=OURS)
    found: Tenant | None = theirs.filter(code=code).first()
    return found


def from_tenant(tenant: Tenant, *, store: Store, as_of: datetime | None = None) -> Source:
    """A tenant as it is, or as its log was at a time; its people and settings are today's."""
    label = f"{tenant.code} as of {as_of.isoformat()}" if as_of else f"{tenant.code} as it is"
    return Source(
        label=label,
        control=control_of(tenant),
        about=about(tenant.code),
        fast=fast_numbers(tenant.code, store=store),
        facts=lambda: (placed.fact for placed in every(tenant.code, store=store, as_of=as_of)),
    )
