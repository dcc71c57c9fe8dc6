"""`invitations/`: ask somebody in, look, send again, revoke. Accepting is a page: tenants/join.py."""

from django.db.models import QuerySet
from pydantic import Field
from rest_framework.request import Request
from rest_framework.response import Response

from face.kept import Kept, Made, sent
from face.permissions import OnlyManage
from tenants import invitations
from tenants.api.asked import one_of, principal_of, tenant_of
from tenants.api.bodies import Body, Nothing
from tenants.models import Invitation
from tenants.principal import Role


class NewInvitation(Body):
    """Who is asked in, as what."""

    email: str = Field(max_length=254)
    role: Role


class Invitations(Kept):
    """The invitations of a tenant; whoever manages members manages them."""

    path = "members"
    permission_classes = (OnlyManage,)

    def list(self, request: Request) -> Response:
        """All there ever were, the newest first."""
        return self.listed(request, _invitations(request), invitations.shown)

    def retrieve(self, request: Request, id: str) -> Response:
        """One."""
        return Response(invitations.shown(one_of(_invitations(request), id=id)))

    def create(self, request: Request) -> Response:
        """Ask somebody in: a mail with a link goes out."""
        new = sent(request, NewInvitation)

        def change() -> Made:
            return invitations.invite(principal_of(request), tenant_of(request), email=new.email, role=new.role)

        return self.keep(request, change, action="member.invited", status=201)

    def resend(self, request: Request, id: str) -> Response:
        """Send the mail again, with another link: the older one is void."""
        sent(request, Nothing)
        return self.keep(request, lambda: invitations.resend(tenant_of(request), id), action="invitation.resent")

    def destroy(self, request: Request, id: str) -> Response:
        """Revoke it: its link is void at once."""
        sent(request, Nothing)
        return self.keep(
            request, lambda: invitations.revoke(tenant_of(request), id), action="invitation.revoked", status=204
        )


def _invitations(request: Request) -> QuerySet[Invitation]:
    return Invitation.objects.filter(tenant=tenant_of(request))
