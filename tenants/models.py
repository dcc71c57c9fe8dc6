"""Control data, in the public schema: people, tenants, their hosts, memberships and API keys."""

from datetime import datetime
from typing import Any, ClassVar
from zoneinfo import available_timezones

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models.functions import Lower
from django_tenants.models import DomainMixin, TenantMixin

from tenants.principal import Role

CODE = r"[a-z][a-z0-9-]{1,30}"
PUBLIC = "public"
"""Code and schema of the tenant that stands for the public host."""

SYSTEM = "system"
"""Code of the tenant that belongs to nobody: it has no host and no people, and the canary sings there."""

RESERVED = frozenset({PUBLIC, SYSTEM})


def _in_lower_case(field: str, *, name: str) -> models.CheckConstraint:
    message = "In lower case, please."
    condition = models.Q(**{field: Lower(field)})
    return models.CheckConstraint(condition=condition, name=name, violation_error_message=message)


def known_time_zone(name: str) -> None:
    """Raises ValidationError for what is no IANA time zone."""
    if name not in available_timezones():
        raise ValidationError(f"{name!r} is no time zone; one is Europe/Berlin.")


class People(BaseUserManager["User"]):
    """Makes and finds people by their e-mail address, which is kept in lower case."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """A person; without a password nobody can sign in as them."""
        user = self.model(email=email.lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """A member of staff who may do everything in the admin."""
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, username: str | None) -> "User":
        """The person with this e-mail address, in any case of letters."""
        return self.get(email=(username or "").lower())


class User(AbstractBaseUser, PermissionsMixin):
    """A person. Lives once; may belong to several tenants."""

    email = models.EmailField(unique=True)
    name = models.CharField(max_length=150, blank=True)
    is_staff = models.BooleanField(default=False, help_text="May sign in to the staff admin on the public host.")
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[People] = People()
    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"

    class Meta:
        constraints = [_in_lower_case("email", name="user_email_lower")]

    def __str__(self) -> str:
        return self.name or self.email


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
    name = models.CharField(max_length=200)
    time_zone = models.CharField(max_length=64, default="UTC", validators=[known_time_zone])
    state = models.CharField(max_length=16, choices=State, default=State.PROVISIONING)
    created_at = models.DateTimeField(auto_now_add=True)

    auto_create_schema = False  # tenants/provisioning.py makes schema and row in one transaction

    def __str__(self) -> str:
        return self.code


class Domain(DomainMixin):  # type: ignore[misc]  # django-tenants is untyped
    """A host name that leads to a tenant; lower case, without a port."""

    class Meta:
        constraints = [_in_lower_case("domain", name="domain_lower")]


class Membership(models.Model):
    """That a person belongs to a tenant, and as what."""

    user = models.ForeignKey(User, models.CASCADE, related_name="memberships")
    tenant = models.ForeignKey(Tenant, models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=16, choices=[(role.value, role.value) for role in Role])
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "tenant"], name="membership_once")]

    def __str__(self) -> str:
        return f"{self.user_id} is {self.role} of {self.tenant_id}"


class ApiKey(models.Model):
    """A program's credential for one tenant. Its secret is shown once and kept as a hash only (tenants/keys.py)."""

    tenant = models.ForeignKey(Tenant, models.CASCADE, related_name="api_keys")
    prefix = models.CharField(max_length=12, unique=True)
    digest = models.CharField(max_length=64, editable=False)
    name = models.CharField(max_length=100)
    scopes = ArrayField(models.CharField(max_length=64), help_text="Such as todos:read; * is everything.")
    created_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = "API key"

    def __str__(self) -> str:
        return self.prefix

    def is_good(self, now: datetime) -> bool:
        """Whether it is neither revoked nor expired."""
        return self.revoked_at is None and (self.expires_at is None or now < self.expires_at)
