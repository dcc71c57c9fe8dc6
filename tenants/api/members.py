"""`members/`: look, give a role, remove, leave."""

from django.db.models import QuerySet
from rest_framework.request import Request
from rest_framework.response import Response

from face.kept import Kept, Made, sent
from face.permissions import MayUse
from tenants import members
from tenants.api.asked import principal_of, tenant_of
from tenants.api.bodies import Body, Nothing
from tenants.models import Membership
from tenants.principal import Role


class NewRole(Body):
    """What a member is to be."""

    role: Role


class MayLeave(MayUse):
    """Whoever may look may go."""

    changes = "read"


class Members(Kept):
    """The people of a tenant."""

    path = "members"

    def list(self, request: Request) -> Response:
        """All of them, the newest first."""
        return self.listed(request, _members(request), members.shown)

    def retrieve(self, request: Request, id: str) -> Response:
        """One, by the id that facts are by: `user:7`."""
        return Response(members.shown(members.member_of(tenant_of(request), id)))

    def partial_update(self, request: Request, id: str) -> Response:
        """Give them another role."""
        role = sent(request, NewRole).role

        def change() -> Made:
            return members.give_role(principal_of(request), tenant_of(request), id, role)

        return self.keep(request, change, action="member.role_given")

    def destroy(self, request: Request, id: str) -> Response:
        """Remove them: they are out with their next request."""
        sent(request, Nothing)
        return self.keep(
            request,
            lambda: members.remove(principal_of(request), tenant_of(request), id),
            action="member.removed",
            status=204,
        )


class Leaving(Kept):
    """The way out."""

    path = "members"
    permission_classes = (MayLeave,)

    def leave(self, request: Request) -> Response:
        """End one's own membership."""
        sent(request, Nothing)
        return self.keep(
            request, lambda: members.leave(principal_of(request), tenant_of(request)), action="member.left", status=204
        )


def _members(request: Request) -> QuerySet[Membership]:
    return Membership.objects.filter(tenant=tenant_of(request)).select_related("user")
