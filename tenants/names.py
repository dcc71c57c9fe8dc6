"""What people read where the log holds an actor's id."""

from django.db import connection

from tenants.models import ApiKey, Membership


def name_of(actor: str) -> str:
    """The name of a person or key of the running request's tenant; of anybody else the id itself, for an id can be
    typed in (a todo's assignee) and must not tell who lives elsewhere."""
    kind, _, id = actor.partition(":")
    schema: str = connection.schema_name  # type: ignore[attr-defined]  # of django-tenants' backend
    match kind:
        case "user" if id.isascii() and id.isdigit() and len(id) < 19:
            member = Membership.objects.select_related("user").filter(tenant__schema_name=schema, user=int(id)).first()
            return str(member.user) if member else actor
        case "key":
            key = ApiKey.objects.filter(tenant__schema_name=schema, prefix=id).first()
            return key.name if key else actor
        case "staff":
            return "Tenfold staff"
    return actor
