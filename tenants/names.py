"""What people read where the log holds an actor's id."""

from django.db import connection

from tenants.models import ApiKey, FormerMember, Membership, User


def name_of(actor: str) -> str:
    """The name of a person or key that the running request's tenant has, or has had; of anybody else the id itself,
    for an id can be typed in (a todo's assignee) and must not tell who lives elsewhere."""
    kind, _, id = actor.partition(":")
    schema: str = connection.schema_name  # type: ignore[attr-defined]  # of django-tenants' backend
    match kind:
        case "user" if id.isascii() and id.isdigit() and len(id) < 19:
            person = _person(int(id), schema=schema)
            return str(person) if person else actor
        case "key":
            key = ApiKey.objects.filter(tenant__schema_name=schema, prefix=id).first()
            return key.name if key else actor
        case "staff":
            return "Tenfold staff"
    return actor


def _person(id: int, *, schema: str) -> User | None:
    for kind in (Membership, FormerMember):
        found = kind.objects.select_related("user").filter(tenant__schema_name=schema, user=id).first()
        if found:
            return found.user
    return None
