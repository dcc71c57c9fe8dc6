"""Custom domains: a tenant names one, proves it by a DNS record, and from then on it leads there.

Until it is proved it leads nowhere, and it is forgotten after a week. The host that comes with a tenant always stays. A
little past the usual length: a domain's whole life is read in one place, each step beside what it refuses.
"""

import re
import secrets
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone

from cqrs.domain import NotFound, Refused
from face.kept import Made
from tenants.dns import texts
from tenants.models import Domain, DomainClaim, Tenant
from tenants.provisioning import host_for

LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
NAME = re.compile(rf"(?:{LABEL}\.)+[a-z](?:[a-z0-9-]{{0,61}}[a-z0-9])", re.ASCII)
PROVED_WITHIN = timedelta(days=7)
LEADS_ON = timedelta(days=7)
"""For how long a domain leads on without its record (tenants/lapses.py)."""

MOST = 20
"""Domains a tenant may have, proved or not."""


class DomainMalformed(Refused):
    """A domain is a host name such as shop.acme.example, without a port; with letters beyond a to z, its xn-- form."""


class DomainReserved(Refused):
    """This domain is ours."""


class DomainTaken(Refused):
    """This domain leads to a workspace already."""


class DomainNotProved(Refused):
    """There is no such TXT record yet. What was set a moment ago may take some minutes to be seen."""


class DomainStays(Refused):
    """A workspace keeps the address it came with; and what is primary is no more so only once another is."""


class TooManyDomains(Refused):
    """A workspace has 20 domains at most."""


def all_of(tenant: Tenant) -> list[dict[str, Any]]:
    """Every domain as clients see it: those that lead there, then those that are to be proved."""
    domains: QuerySet[Domain] = tenant.domains.order_by("-is_primary", "domain")
    return [*map(shown, domains), *map(to_prove, _claims(tenant).order_by("domain"))]


def one_of(tenant: Tenant, name: str) -> dict[str, Any]:
    """One of them. NotFound."""
    domain = _there(tenant, name)
    return shown(domain) if domain else to_prove(_claim(tenant, name))


def asked(tenant: Tenant, name: str) -> Made:
    """Name a domain. DomainMalformed, DomainReserved, DomainTaken, TooManyDomains. Named again, it keeps its record."""
    _check(name)
    if Domain.objects.filter(domain=name).exists():
        raise DomainTaken(pointer="/domain")
    if tenant.domains.count() + _claims(tenant).exclude(domain=name).count() >= MOST:
        raise TooManyDomains
    new = {"token": secrets.token_hex(16), "expires_at": timezone.now() + PROVED_WITHIN}
    DomainClaim.objects.filter(tenant=tenant, domain=name, expires_at__lte=timezone.now()).delete()
    claim, _ = DomainClaim.objects.get_or_create(tenant=tenant, domain=name, defaults=new)
    return Made(to_prove(claim), subject=name)


def record_stands(tenant: Tenant, name: str) -> None:
    """Look whether the record is there; ask in no transaction. NotFound, DomainNotProved, DnsSilent."""
    if not tenant.domains.filter(domain=name).exists():
        record = record_of(_claim(tenant, name))
        if record["value"] not in texts(record["name"]):
            raise DomainNotProved


def proved(tenant: Tenant, name: str) -> Made:
    """From now on the domain leads there; `record_stands` was asked just before. Nothing changes where it does already.
    NotFound, DomainTaken."""
    there = _there(tenant, name)
    if there:
        return Made(shown(there), subject=name, changed=False)
    claim = _claim(tenant, name)
    try:
        with transaction.atomic():
            told = {"token": claim.token, "checked_at": timezone.now()}
            domain = Domain.objects.create(tenant=tenant, domain=name, is_primary=False, **told)
    except IntegrityError:
        raise DomainTaken from None
    claim.delete()
    return Made(shown(domain), subject=name)


def made_primary(tenant: Tenant, name: str) -> Made:
    """Links lead to this one of the tenant's proved domains. NotFound."""
    domain = _there(tenant, name)
    if domain is None:
        raise NotFound
    was_primary = domain.is_primary
    domain.is_primary = True
    domain.save()  # django-tenants takes it from the others
    return Made(shown(domain), subject=name, changed=not was_primary)


def removed(tenant: Tenant, name: str) -> Made:
    """It leads nowhere from now on. NotFound, DomainStays."""
    domain = _there(tenant, name)
    if domain and (domain.is_primary or name == host_for(tenant.code)):
        raise DomainStays
    (domain or _claim(tenant, name)).delete()
    return Made(None, subject=name)


def forget_unproved() -> int:
    """Delete what was not proved in time. Returns how many."""
    deleted, _ = DomainClaim.objects.filter(expires_at__lte=timezone.now()).delete()
    return deleted


def shown(domain: Domain) -> dict[str, Any]:
    """One that leads there; where its record is gone, with the record, and until when it leads on."""
    since = domain.failing_since
    return {
        "domain": domain.domain,
        "is_verified": True,
        "is_primary": domain.is_primary,
        "record": record_of(domain) if since else None,
        "expires_at": since + LEADS_ON if since else None,
        "failing_since": since,
    }


def to_prove(claim: DomainClaim) -> dict[str, Any]:
    """One that is to be proved, with the record to set."""
    return {
        "domain": claim.domain,
        "is_verified": False,
        "is_primary": False,
        "record": record_of(claim),
        "expires_at": claim.expires_at,
        "failing_since": None,
    }


def record_of(named: DomainClaim | Domain) -> dict[str, str]:
    """The DNS record that proves it."""
    return {"type": "TXT", "name": f"_tenfold.{named.domain}", "value": f"tenfold={named.token}"}


def _check(name: str) -> None:
    if len(name) > 240 or not NAME.fullmatch(name):
        raise DomainMalformed(pointer="/domain")
    if f".{name}".endswith(f".{settings.PUBLIC_HOST}"):
        raise DomainReserved(pointer="/domain")


def _there(tenant: Tenant, name: str) -> Domain | None:
    found: Domain | None = tenant.domains.filter(domain=name).first()
    return found


def _claims(tenant: Tenant) -> QuerySet[DomainClaim]:
    return DomainClaim.objects.filter(tenant=tenant, expires_at__gt=timezone.now())


def _claim(tenant: Tenant, name: str) -> DomainClaim:
    found = _claims(tenant).filter(domain=name).first()
    if found is None:
        raise NotFound
    return found
