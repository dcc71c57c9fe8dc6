"""Who asks, as what, and what each role may: the one table that code and documentation share."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar, Self

from cqrs.domain import Actor


class Role(StrEnum):
    """What a member is to a tenant."""

    OWNER = "owner"
    ADMIN = "admin"
    MEMBER = "member"
    VIEWER = "viewer"


MAY: Mapping[Role, frozenset[str]] = {
    Role.OWNER: frozenset({"*"}),
    Role.ADMIN: frozenset({"*:read", "*:write", "*:manage"}),
    Role.MEMBER: frozenset({"*:read", "*:write"}),
    Role.VIEWER: frozenset({"*:read"}),
}
"""A permission is `<resource>:<verb>`, such as `todos:write`. `read` sees, `write` sends commands, `manage` is for
people, keys and settings; what only an owner may do has a verb of its own, such as `members:own`: make somebody an
owner, or change or remove one. Scopes of API keys are written alike."""


@dataclass(frozen=True, slots=True)
class Principal:
    """Somebody whose credential was found good for `tenant`. `scopes` narrows what the role grants; None does not."""

    actor: Actor
    name: str
    role: Role
    tenant: str
    scopes: frozenset[str] | None = None
    on_behalf_of: str = ""
    """The support access under which staff acts in a tenant; stands on all that it does."""

    is_authenticated: ClassVar[bool] = True  # stands in as the request's user where a program asks

    @classmethod
    def member(cls, *, user_id: int, name: str, role: str, tenant: str) -> Self:
        """A person who belongs to the tenant."""
        return cls(Actor(f"user:{user_id}"), name, Role(role), tenant)

    @classmethod
    def staff(cls, *, user_id: int, name: str, tenant: str) -> Self:
        """A member of staff; `tenant` is the one acted on, the public one where it is none in particular."""
        return cls(Actor(f"staff:{user_id}"), name, Role.OWNER, tenant)

    @classmethod
    def key(cls, *, prefix: str, name: str, scopes: frozenset[str], tenant: str) -> Self:
        """A program. It belongs to the tenant, not to the person who made it, and never acts as an owner."""
        return cls(Actor(f"key:{prefix}"), name, Role.ADMIN, tenant, scopes)

    def may(self, permission: str) -> bool:
        """Whether role and scopes both grant it: `principal.may("todos:write")`."""
        return _grants(MAY[self.role], permission) and (self.scopes is None or _grants(self.scopes, permission))

    def may_give(self, scope: str) -> bool:
        """Whether a key may be given this scope: a key that makes keys gives what it has, and a key acts as an admin
        at most, whoever makes it."""
        return self.role in (Role.OWNER, Role.ADMIN) and (self.scopes is None or _grants(self.scopes, scope))


def _grants(granted: frozenset[str], permission: str) -> bool:
    resource, _, verb = permission.partition(":")
    return not granted.isdisjoint({"*", permission, f"{resource}:*", f"*:{verb}"})
