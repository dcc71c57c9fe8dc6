"""`settings/`: what a tenant is called, and its time zone."""

from typing import Annotated, Any

from django.core.exceptions import ValidationError
from pydantic import AfterValidator, StringConstraints
from rest_framework.request import Request
from rest_framework.response import Response

from face.kept import Kept, Made, sent
from tenants.api.asked import tenant_of
from tenants.api.bodies import Body
from tenants.lifecycle import changed
from tenants.models import Tenant, known_time_zone


def _zone(name: str) -> str:
    try:
        known_time_zone(name)
    except ValidationError as error:
        raise ValueError(error.message) from None
    return name


class Change(Body):
    """What may be changed; what is left out stays."""

    name: Annotated[
        str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$")
    ] = ""
    time_zone: Annotated[str, AfterValidator(_zone)] = ""


class Settings(Kept):
    """The tenant itself."""

    path = "settings"

    def retrieve(self, request: Request) -> Response:
        """What it is now."""
        return Response(_shown(Tenant.objects.get(pk=tenant_of(request).pk)))

    def partial_update(self, request: Request) -> Response:
        """Change its name, its time zone, or both. Its code never changes."""
        wanted = sent(request, Change).model_dump(exclude_unset=True)
        return self.keep(request, lambda: _set(tenant_of(request), wanted), action="tenant.set")


def _set(tenant: Tenant, wanted: dict[str, str]) -> Made:
    found, detail = changed(tenant, wanted)
    return Made(_shown(found), subject=found.code, detail=detail, changed=bool(detail))


def _shown(tenant: Tenant) -> dict[str, Any]:
    names = ("code", "name", "time_zone", "state", "created_at")
    return {name: getattr(tenant, name) for name in names}
