"""Proved domains, looked at again: a name that was let go may be somebody else's, and must not lead here forever.

Once a day each is asked for the record that proved it. Where that is gone for a week, the domain leads nowhere any more
and has to be proved again. Its tenant's owners are told when it goes and when it is over. A name server that does not
answer says nothing either way. What was proved before records were kept has none, and stays."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from face.kept import note
from tenants.dns import DnsSilent, texts
from tenants.domains import LEADS_ON, PROVED_WITHIN, record_of
from tenants.mail import written
from tenants.models import Domain, DomainClaim, Membership
from tenants.principal import Role
from tenants.provisioning import host_for

EVERY = timedelta(days=1)
"""Between two looks."""

BY = "system"


def due() -> list[int]:
    """The domains to look at now."""
    before = timezone.now() - EVERY
    unseen = Domain.objects.filter(Q(checked_at=None) | Q(checked_at__lte=before)).exclude(token="")
    return list(unseen.order_by("pk").values_list("pk", flat=True))


def look(pk: int) -> list[EmailMultiAlternatives]:
    """Look at one. The mails that tell its tenant's owners what has become of it, to be sent."""
    domain = Domain.objects.select_related("tenant").filter(pk=pk).first()
    if domain is None:
        return []
    try:
        stands = _stands(domain)
    except DnsSilent:
        return []
    now, since = timezone.now(), domain.failing_since
    if stands or since is None or now - since < LEADS_ON:
        failing = None if stands else since or now
        Domain.objects.filter(pk=pk).update(checked_at=now, failing_since=failing)
        return [] if stands or since else list(_letters(domain, until=now + LEADS_ON))
    _lapse(domain)
    return list(_letters(domain, until=None))


def _stands(domain: Domain) -> bool:
    record = record_of(domain)
    return record["value"] in texts(record["name"])


def _lapse(domain: Domain) -> None:
    """It leads nowhere; its tenant's own host is primary again, and the domain may be proved by the same record."""
    tenant, told = domain.tenant, {"domain": domain.domain, "token": domain.token}
    with transaction.atomic():
        if domain.is_primary:
            own = tenant.domains.get(domain=host_for(tenant.code))
            own.is_primary = True
            own.save()
        domain.delete()
        DomainClaim.objects.create(tenant=tenant, expires_at=timezone.now() + PROVED_WITHIN, **told)
        note(None, tenant=tenant.code, by=BY, action="domain.lapsed", subject=domain.domain)


def _letters(domain: Domain, *, until: datetime | None) -> Iterator[EmailMultiAlternatives]:
    """To each owner: that the record is missed, and until when it may be set again; or that it is over."""
    subject = f"{domain.domain} {'needs its record' if until else 'leads nowhere any more'}"
    told = {"domain": domain, "record": record_of(domain), "until": until, "own": host_for(domain.tenant.code)}
    owners = Membership.objects.filter(tenant=domain.tenant, role=Role.OWNER).select_related("user")
    for owner in owners:
        yield written("domain", told, subject=subject, to=owner.user.email)
