"""Where a tenant's pages are, for links in mails, which no request asks for."""

from urllib.parse import urlsplit

from django.conf import settings

from tenants.models import Tenant


def address_of(tenant: Tenant) -> str:
    """`https://acme.example.com`, as the public host is reached; `http://acme.localhost:8000`."""
    public = urlsplit(settings.PUBLIC_ADDRESS)
    port = f":{public.port}" if public.port else ""
    return f"{public.scheme}://{tenant.get_primary_domain().domain}{port}"
