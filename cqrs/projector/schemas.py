"""Which Postgres schema is whose."""

from django_tenants.utils import get_tenant_model

_schemas: dict[str, str] = {}


def schema_of(tenant: str) -> str | None:
    """The schema of a tenant, which never changes once there is one."""
    if tenant not in _schemas:
        tenants = get_tenant_model().objects.filter(code=tenant).exclude(state="deleted")  # what is left has no schema
        found = tenants.values_list("schema_name", flat=True).first()
        if found is None:
            return None
        _schemas[tenant] = str(found)
    return _schemas[tenant]
