"""Who belongs to a tenant and as what, as its people and programs change it. The last owner stays one."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from cqrs.domain import NotFound
from face.kept import Made
from tenants.models import Membership, Tenant
from tenants.principal import Principal, Role
from tenants.refusals import LastOwner, NotAMember, OnlyOwners

OWN = "members:own"
"""What only owners may: make somebody an owner, change or remove one."""


def shown(member: Membership) -> dict[str, Any]:
    """A member as clients see one; `id` is what facts are `by`."""
    return {
        "id": f"user:{member.user_id}",
        "name": member.user.name,
        "email": member.user.email,
        "role": member.role,
        "created_at": member.created_at,
    }


def member_of(tenant: Tenant, id: str) -> Membership:
    """The member with this id, `user:7`. NotFound."""
    found = Membership.objects.select_related("user").filter(tenant=tenant, user=_user_id(id)).first()
    if found is None:
        raise NotFound
    return found


def give_role(principal: Principal, tenant: Tenant, id: str, role: Role) -> Made:
    """Make a member something else. NotFound, OnlyOwners, LastOwner. Inside a transaction."""
    members = _held(tenant)
    member = _found(members, id)
    if member.role == role:
        return Made(shown(member), subject=id, changed=False)
    if Role.OWNER in (role, member.role) and not _is_owner(principal, members):
        raise OnlyOwners(pointer="/role")
    _check_not_last(member, members)
    before, member.role = member.role, role
    member.save(update_fields=["role"])
    return Made(shown(member), subject=id, detail={"role": role, "before": before})


def remove(principal: Principal, tenant: Tenant, id: str) -> Made:
    """End a membership: whoever had it is out with their next request. NotFound, OnlyOwners, LastOwner. Inside a
    transaction."""
    members = _held(tenant)
    member = _found(members, id)
    if member.role == Role.OWNER and id != principal.actor.id and not _is_owner(principal, members):
        raise OnlyOwners
    _check_not_last(member, members)
    member.delete()
    return Made(None, subject=id, detail={"role": member.role})


def leave(principal: Principal, tenant: Tenant) -> Made:
    """End one's own membership. NotAMember, LastOwner. Inside a transaction."""
    if not principal.actor.id.startswith("user:"):
        raise NotAMember
    return remove(principal, tenant, principal.actor.id)


def _held(tenant: Tenant) -> Mapping[int, Membership]:
    """All members, none of whom changes until the transaction ends: two owners who demote each other come one after
    the other, and the second is told of what the first has done."""
    assert transaction.get_connection().in_atomic_block
    rows = Membership.objects.select_for_update(of=("self",)).select_related("user")
    return {row.user_id: row for row in rows.filter(tenant=tenant).order_by("pk")}


def _found(members: Mapping[int, Membership], id: str) -> Membership:
    member = members.get(_user_id(id))
    if member is None:
        raise NotFound
    return member


def _user_id(id: str) -> int:
    kind, _, number = id.partition(":")
    if kind != "user" or not (number.isascii() and number.isdigit() and len(number) < 19):
        raise NotFound
    return int(number)


def _is_owner(principal: Principal, members: Mapping[int, Membership]) -> bool:
    """Whether they are one now, not only when they asked."""
    if not principal.may(OWN):
        return False
    kind, _, id = principal.actor.id.partition(":")
    return kind == "staff" or (kind == "user" and int(id) in members and members[int(id)].role == Role.OWNER)


def _check_not_last(member: Membership, members: Mapping[int, Membership]) -> None:
    owners = [each for each in members.values() if each.role == Role.OWNER]
    if owners == [member]:
        raise LastOwner
