"""API keys: `tf_<prefix>_<secret>`. Made once, shown once, kept as a hash, compared in constant time; replaced with an
overlap, revoked at once."""

import re
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from hashlib import sha256

from django.utils import timezone

from cqrs.domain import NotFound
from tenants.models import ApiKey, Tenant, User
from tenants.refusals import ExpiryPassed, KeyOver

TEXT = re.compile(r"tf_(?P<prefix>[0-9a-f]{12})_(?P<secret>[0-9a-f]{48})", re.ASCII)
OVERLAP = timedelta(days=1)
OVERLAP_MOST = timedelta(days=30)
"""For how long a key that was rotated stays good beside the one that replaces it."""

NOBODYS = sha256(b"").hexdigest()
"""What a secret is compared with when its prefix is unknown, so that this takes as long."""


def create_key(
    tenant: Tenant,
    *,
    name: str,
    scopes: Iterable[str],
    created_by: User | None = None,
    created_by_id: int | None = None,
    expires_at: datetime | None = None,
    replaces: ApiKey | None = None,
) -> tuple[ApiKey, str]:
    """A new key, and its text, which cannot be had again. ExpiryPassed."""
    if expires_at and expires_at <= timezone.now():
        raise ExpiryPassed(pointer="/expires_at")
    prefix, secret = secrets.token_hex(6), secrets.token_hex(24)
    key = ApiKey.objects.create(
        tenant=tenant,
        prefix=prefix,
        digest=_digest(secret),
        name=name,
        scopes=sorted(scopes),
        created_by_id=created_by.pk if created_by else created_by_id,
        expires_at=expires_at,
        replaces=replaces,
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


def rotate(
    key: ApiKey, *, overlap: timedelta = OVERLAP, created_by_id: int | None = None, expires_at: datetime | None = None
) -> tuple[ApiKey, str]:
    """A key that may the same, and its text; the one it replaces ends after `overlap`, or sooner where it would have.
    KeyOver for one that is not good, or has been rotated; ExpiryPassed. The caller holds the key's row."""
    now = timezone.now()
    if not key.is_good(now) or hasattr(key, "replaced_by"):
        raise KeyOver
    expires = expires_at or key.expires_at
    made = create_key(
        key.tenant,
        name=key.name,
        scopes=key.scopes,
        created_by_id=created_by_id,
        expires_at=expires,
        replaces=key,
    )
    key.expires_at = min(now + overlap, key.expires_at or now + overlap)
    key.save(update_fields=["expires_at"])
    return made


def revoke(key: ApiKey) -> bool:
    """End a key at once. False where it had been revoked. The caller holds the key's row."""
    if key.revoked_at is not None:
        return False
    key.revoked_at = timezone.now()
    key.save(update_fields=["revoked_at"])
    return True


def held(tenant: Tenant, prefix: str) -> ApiKey:
    """This tenant's key with this prefix, its row locked until the transaction ends. NotFound."""
    rows = ApiKey.objects.select_for_update(of=("self",)).select_related("tenant")
    key = rows.filter(tenant=tenant, prefix=prefix).first()
    if key is None:
        raise NotFound
    return key


def _digest(secret: str) -> str:
    return sha256(secret.encode()).hexdigest()
