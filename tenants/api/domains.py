"""`domains/`: name a custom domain, prove it, make it primary, remove it."""

from typing import Annotated

from pydantic import StringConstraints
from rest_framework.request import Request
from rest_framework.response import Response

from face.kept import Kept, sent
from tenants import domains
from tenants.api.asked import tenant_of
from tenants.api.bodies import Body, Nothing


class NewDomain(Body):
    """A domain to be."""

    domain: Annotated[str, StringConstraints(strip_whitespace=True, to_lower=True, min_length=1, max_length=253)]


class Domains(Kept):
    """The hosts that lead to a tenant, and those that may once they are proved."""

    path = "domains"

    def list(self, request: Request) -> Response:
        """All of them; they are few."""
        return Response({"results": domains.all_of(tenant_of(request)), "next": None, "previous": None})

    def retrieve(self, request: Request, name: str) -> Response:
        """One, by its name."""
        return Response(domains.one_of(tenant_of(request), name))

    def create(self, request: Request) -> Response:
        """Name one; `record` in the answer is what its DNS has to say."""
        new, tenant = sent(request, NewDomain), tenant_of(request)
        return self.keep(request, lambda: domains.asked(tenant, new.domain), action="domain.named", status=201)

    def verify(self, request: Request, name: str) -> Response:
        """Look whether its DNS says so; from then on it leads here."""
        sent(request, Nothing)
        tenant = tenant_of(request)
        domains.record_stands(tenant, name)
        return self.keep(request, lambda: domains.proved(tenant, name), action="domain.verified")

    def make_primary(self, request: Request, name: str) -> Response:
        """Links lead to this one."""
        sent(request, Nothing)
        return self.keep(request, lambda: domains.made_primary(tenant_of(request), name), action="domain.made_primary")

    def destroy(self, request: Request, name: str) -> Response:
        """It leads nowhere any more."""
        sent(request, Nothing)
        return self.keep(
            request, lambda: domains.removed(tenant_of(request), name), action="domain.removed", status=204
        )
