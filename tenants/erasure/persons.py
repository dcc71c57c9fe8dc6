"""Who is to be erased, and what facts call them."""

import re
from dataclasses import dataclass

from cqrs.personal.models import PersonKey
from tenants.models import ApiKey, Membership, Tenant, User


class NobodyKnown(Exception):
    """Nothing is kept of anybody by this name."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody, in all tenants or in some. `ids` are what facts call them, the first what the audit does; `user` is
    None for one who is no user, a tenant's customer for one."""

    ids: tuple[str, ...]
    user: User | None
    tenants: tuple[Tenant, ...]

    @property
    def id(self) -> str:
        return self.ids[0]


def found(named: str, *, tenant: Tenant | None = None) -> Person:
    """A user by e-mail or id (`7`, `user:7`), or whoever a tenant's entities name by an id; in one tenant, or wherever
    anything is kept of them. NobodyKnown."""
    user = _user(named)
    if user is None and (re.fullmatch(r"(user:)?\d+", named) or "@" in named or tenant is None):
        raise NobodyKnown(named)
    ids = _ids(user) if user else (named,)
    kept = set(PersonKey.objects.filter(person__in=ids).values_list("tenant_code", flat=True))
    joined = set(Membership.objects.filter(user=user).values_list("tenant__code", flat=True)) if user else set()
    tenants = Tenant.objects.filter(code__in=kept | joined).order_by("code")
    person = Person(ids, user, tuple(each for each in tenants if tenant is None or each == tenant))
    if not person.tenants and (tenant or not user):
        raise NobodyKnown(named)
    return person


def _user(named: str) -> User | None:
    number = re.fullmatch(r"(?:user:)?(\d{1,18})", named)
    return User.objects.filter(**{"pk": int(number[1])} if number else {"email": named.lower()}).first()


def _ids(user: User) -> tuple[str, ...]:
    """Themselves, as staff, and the keys they made: what these send comes from their machines."""
    keys = ApiKey.objects.filter(created_by=user).order_by("pk").values_list("prefix", flat=True)
    return f"user:{user.pk}", f"staff:{user.pk}", *(f"key:{prefix}" for prefix in keys)
