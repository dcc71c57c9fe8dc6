"""API keys: `tf_<prefix>_<secret>`. Made once, shown once, kept as a hash, compared in constant time."""

import re
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from hashlib import sha256

from django.db.models import Q
from django.utils import timezone

from tenants.models import ApiKey, Tenant, User

TEXT = re.compile(r"tf_(?P<prefix>[0-9a-f]{12})_(?P<secret>[0-9a-f]{48})", re.ASCII)
USE_NOTED_EVERY = timedelta(minutes=1)
NOBODYS = sha256(b"").hexdigest()
"""What a secret is compared with when its prefix is unknown, so that this takes as long."""


def create_key(
    tenant: Tenant,
    *,
    name: str,
    scopes: Iterable[str],
    created_by: User | None = None,
    expires_at: datetime | None = None,
) -> tuple[ApiKey, str]:
    """A new key, and its text, which cannot be had again."""
    prefix, secret = secrets.token_hex(6), secrets.token_hex(24)
    key = ApiKey.objects.create(
        tenant=tenant,
        prefix=prefix,
        digest=_digest(secret),
        name=name,
        scopes=sorted(scopes),
        created_by=created_by,
        expires_at=expires_at,
    )
    return key, f"tf_{prefix}_{secret}"


def good_key(text: str, *, tenant: Tenant) -> ApiKey | None:
    """This tenant's key with this text, if it still is good. One query."""
    found = TEXT.fullmatch(text)
    if found is None:
        return None
    key = ApiKey.objects.filter(tenant=tenant, prefix=found["prefix"]).first()
    same = secrets.compare_digest(key.digest if key else NOBODYS, _digest(found["secret"]))
    return key if key and same and key.is_good(timezone.now()) else None


def note_use(key: ApiKey) -> None:
    """Remember that the key was used; writes at most once a minute, whatever the number of processes."""
    now = timezone.now()
    long_ago = now - USE_NOTED_EVERY
    if key.last_used_at is None or key.last_used_at < long_ago:
        unnoted = Q(last_used_at=None) | Q(last_used_at__lt=long_ago)
        ApiKey.objects.filter(unnoted, pk=key.pk).update(last_used_at=now)


def _digest(secret: str) -> str:
    return sha256(secret.encode()).hexdigest()
