"""Tenants and the hosts that lead to them."""

from zoneinfo import available_timezones

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models.functions import Lower
from django_tenants.models import DomainMixin, TenantMixin

CODE = r"[a-z][a-z0-9-]{1,30}"
PUBLIC = "public"
"""Code and schema of the tenant that stands for the public host."""

SYSTEM = "system"
"""Code of the tenant that belongs to nobody: it has no host and no people, and the canary sings there."""

TEMPLATE = "template"
"""Code of the tenant whose schema is the pattern of all others: migrated like them, and nobody's ever."""

POOL = "pool-"
"""What the code of a schema begins with that waits to become somebody's."""

_OURS = """
public system template pool admin administrator root staff support help billing pay payments sales security abuse legal
privacy postmaster hostmaster webmaster noreply info contact team www web app apps api rest graphql auth login signin
signup signout account accounts oauth sso idp id static assets media cdn files img images mail email smtp imap pop mx ns
dns ftp ssh vpn proxy gateway status health healthz readyz statusz metrics monitor docs blog news forum dev staging
stage test testing beta internal intranet local localhost localdomain broadcasthost wpad autoconfig autodiscover tenfold
tenant tenants enter switch problems null none undefined
"""

RESERVED = frozenset(_OURS.split())
"""Codes that no tenant gets: they would be taken for addresses of our own, or mean something to mail and browsers."""


def in_lower_case(field: str, *, name: str) -> models.CheckConstraint:
    """That a column holds no capital letters."""
    message = "In lower case, please."
    condition = models.Q(**{field: Lower(field)})
    return models.CheckConstraint(condition=condition, name=name, violation_error_message=message)


def known_time_zone(name: str) -> None:
    """Raises ValidationError for what is no IANA time zone."""
    if name not in available_timezones():
        raise ValidationError(f"{name!r} is no time zone; one is Europe/Berlin.")


class Tenant(TenantMixin):  # type: ignore[misc]  # django-tenants is untyped
    """A customer with a schema of its own. `code` never changes, nor is it used again."""

    class State(models.TextChoices):
        READY = "ready"  # a schema in the pool, nobody's yet
        PROVISIONING = "provisioning"
        ACTIVE = "active"
        SUSPENDED = "suspended"
        HELD = "held"
        DELETING = "deleting"
        DELETED = "deleted"

    code = models.CharField(max_length=31, unique=True, validators=[RegexValidator(rf"^{CODE}\Z")])
    skeleton = models.GeneratedField(
        expression=models.Func(models.F("code"), models.Value("01i-"), models.Value("oll"), function="translate"),
        output_field=models.TextField(),
        db_persist=True,
        unique=True,
        help_text="what codes that look alike have in common (tenants/codes.py)",
    )
    name = models.CharField(max_length=200)
    time_zone = models.CharField(max_length=64, default="UTC", validators=[known_time_zone])
    state = models.CharField(max_length=16, choices=State, default=State.PROVISIONING)
    created_at = models.DateTimeField(auto_now_add=True)

    auto_create_schema = False  # tenants/provisioning/pool.py makes schema and row in one transaction

    def __str__(self) -> str:
        return self.code


class Domain(DomainMixin):  # type: ignore[misc]  # django-tenants is untyped
    """A host name that leads to a tenant; lower case, without a port. A custom one keeps the token of the record that
    proved it, and is looked at again (tenants/lapses.py)."""

    token = models.CharField(max_length=64, blank=True, editable=False)
    checked_at = models.DateTimeField(null=True, editable=False)
    failing_since = models.DateTimeField(null=True, editable=False, help_text="its record is gone")

    class Meta:
        constraints = [in_lower_case("domain", name="domain_lower")]
