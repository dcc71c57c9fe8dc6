"""What other apps do when a tenant comes into being: its first subscription, for one; and what they say to somebody who
would join it.

    @on_provisioned
    def subscribe(new: Provisioned) -> None: ...

Each is called in the transaction that makes the tenant, or the member, in the public schema; what it raises undoes all
of it. Another store than Postgres knows nothing of that: a handler writes there last, and so that a second try finds it
done.
"""

from collections.abc import Callable
from dataclasses import dataclass

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

_handlers: list[Handler] = []
_doorkeepers: list[Doorkeeper] = []


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
