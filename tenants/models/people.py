"""People: each lives once, and belongs to any number of tenants as something, or has belonged."""

from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models.signals import post_delete
from django.dispatch import receiver

from tenants.models.tenant import Tenant, in_lower_case
from tenants.principal import Role

ROLES = [(role.value, role.value) for role in Role]


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
    confirmed_at = models.DateTimeField(null=True, editable=False, help_text="when the address was found to be theirs")

    objects: ClassVar[People] = People()
    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"

    class Meta:
        constraints = [in_lower_case("email", name="user_email_lower")]

    def __str__(self) -> str:
        return self.name or self.email


class Membership(models.Model):
    """That a person belongs to a tenant, and as what."""

    user = models.ForeignKey(User, models.CASCADE, related_name="memberships")
    tenant = models.ForeignKey(Tenant, models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=16, choices=ROLES)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "tenant"], name="membership_once")]

    def __str__(self) -> str:
        return f"{self.user_id} is {self.role} of {self.tenant_id}"


class FormerMember(models.Model):
    """That a person belonged to a tenant once: what they did there still has their name."""

    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    tenant = models.ForeignKey(Tenant, models.CASCADE, related_name="former_members")
    left_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "tenant"], name="former_member_once")]

    def __str__(self) -> str:
        return f"{self.user_id} was of {self.tenant_id}"


@receiver(post_delete, sender=Membership)
def remember(instance: Membership, origin: Any, **_: object) -> None:
    """Keep whose name it was, whoever ended the membership, unless the person or the tenant goes as well."""
    if isinstance(origin, Membership) or getattr(origin, "model", None) is Membership:
        FormerMember.objects.update_or_create(user_id=instance.user_id, tenant_id=instance.tenant_id)
