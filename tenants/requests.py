"""What a view may ask of a request, once the middlewares have seen it."""

from django.http import HttpRequest

from tenants.models import Tenant
from tenants.principal import Principal


class TenantRequest(HttpRequest):
    """A type for annotations only: Django's own request, with what our middlewares set on it."""

    request_id: str
    tenant: Tenant
    principal: Principal | None
