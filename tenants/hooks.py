"""What other apps do when a tenant comes into being: its first subscription, for one; what they say to somebody who
would join it; and what they keep of it beside its log, that goes with it where it goes.

    @on_provisioned
    def subscribe(new: Provisioned) -> None: ...

The first two are called in the transaction that makes the tenant, or the member, in the public schema; what they raise
undoes all of it. Another store than Postgres knows nothing of that: a handler writes there last, and so that a second
try finds it done.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from cqrs.domain import Json
from tenants.models import Membership, Tenant, User


@dataclass(frozen=True, slots=True)
class Provisioned:
    """A tenant that has just been made, who owns it, and the plan they asked for; empty where they named none."""

    tenant: Tenant
    owner: User
    plan: str


type Handler = Callable[[Provisioned], None]
type Doorkeeper = Callable[[Tenant, int], None]
"""Given a tenant and how many members it has, it refuses one more, or does nothing."""

type Belongings = Sequence[Mapping[str, Json]]

_handlers: list[Handler] = []
_doorkeepers: list[Doorkeeper] = []
_carriers: dict[str, "Carrier"] = {}


@dataclass(frozen=True, slots=True)
class Carrier:
    """What an app keeps of a tenant: packed into a file without any secret, and unpacked into a new tenant, where a
    second time changes nothing."""

    pack: Callable[[Tenant], Belongings]
    unpack: Callable[[Tenant, Belongings], None]


def on_provisioned(handler: Handler) -> Handler:
    """Have this called for each new tenant. A decorator."""
    _handlers.append(handler)
    return handler


def provisioned(new: Provisioned) -> None:
    """Call every handler, in the order in which they were declared."""
    for handler in _handlers:
        handler(new)


def on_joining(doorkeeper: Doorkeeper) -> Doorkeeper:
    """Have this called before each new member. A decorator."""
    _doorkeepers.append(doorkeeper)
    return doorkeeper


def joining(tenant: Tenant) -> None:
    """Ask whether there is room for another member: whatever a doorkeeper refuses. The tenant's row is held until the
    transaction ends, so that of two who come at once, the second is counted after the first."""
    Tenant.objects.select_for_update(no_key=True).get(pk=tenant.pk)
    members = Membership.objects.filter(tenant=tenant).count()
    for doorkeeper in _doorkeepers:
        doorkeeper(tenant, members)


def carries(name: str, carrier: Carrier) -> None:
    """Have this go along with a tenant, under a name that stands in files."""
    _carriers[name] = carrier


def packed(tenant: Tenant) -> Mapping[str, Belongings]:
    """What goes along with a tenant, by name."""
    return {name: carrier.pack(tenant) for name, carrier in _carriers.items()}


def unpack(tenant: Tenant, found: Mapping[str, Belongings]) -> None:
    """Give a tenant what a file holds of it; what no app here knows stays in the file."""
    for name, belongings in found.items():
        if name in _carriers:
            _carriers[name].unpack(tenant, belongings)
