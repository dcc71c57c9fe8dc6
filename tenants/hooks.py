"""What other apps do when a tenant comes into being: its first subscription, for one.

    @on_provisioned
    def subscribe(new: Provisioned) -> None: ...

Each is called in the transaction that makes the tenant, in the public schema; what it raises undoes all of it. Another
store than Postgres knows nothing of that: a handler writes there last, and so that a second try finds it done.
"""

from collections.abc import Callable
from dataclasses import dataclass

from tenants.models import Tenant, User


@dataclass(frozen=True, slots=True)
class Provisioned:
    """A tenant that has just been made, who owns it, and the plan they asked for; empty where they named none."""

    tenant: Tenant
    owner: User
    plan: str


type Handler = Callable[[Provisioned], None]

_handlers: list[Handler] = []


def on_provisioned(handler: Handler) -> Handler:
    """Have this called for each new tenant. A decorator."""
    _handlers.append(handler)
    return handler


def provisioned(new: Provisioned) -> None:
    """Call every handler, in the order in which they were declared."""
    for handler in _handlers:
        handler(new)
