"""Where a tenant's pages are, for links in mails, which no request asks for."""

from urllib.parse import urlsplit

from django.conf import settings

from tenants.models import Tenant


def address_of(tenant: Tenant) -> str:
    """`https://acme.example.com`, as the public host is reached; `http://acme.localhost:8000`."""
    return address_at(tenant.get_primary_domain().domain)


def address_at(host: str) -> str:
    """The address of a host of ours, by the scheme and at the port of the public one."""
    public = urlsplit(settings.PUBLIC_ADDRESS)
    port = f":{public.port}" if public.port else ""
    return f"{public.scheme}://{host}{port}"
