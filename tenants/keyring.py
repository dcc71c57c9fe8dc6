"""A tenant's API keys as its people and programs change them: who may give whom what."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from face.kept import Made
from tenants import keys, scopes
from tenants.models import ApiKey, Tenant
from tenants.principal import Principal
from tenants.refusals import BeyondOwn


def shown(key: ApiKey) -> dict[str, Any]:
    """A key as clients see it; never its text."""
    replaced = getattr(key, "replaced_by", None)
    return {
        "prefix": key.prefix,
        "name": key.name,
        "scopes": key.scopes,
        "state": key.state(timezone.now()),
        "created_at": key.created_at,
        "created_by": f"user:{key.created_by_id}" if key.created_by_id else None,
        "expires_at": key.expires_at,
        "revoked_at": key.revoked_at,
        "last_used_at": key.last_used_at,
        "replaced_by": replaced.prefix if replaced else None,
    }


def made(
    principal: Principal, tenant: Tenant, *, name: str, wanted: Sequence[str], expires_at: datetime | None = None
) -> Made:
    """A new key; the answer's `key` is its text. UnknownScope, BeyondOwn, ExpiryPassed."""
    granted = scopes.check(wanted, by=principal)
    _check_end(principal, tenant, expires_at)
    key, text = keys.create_key(
        tenant, name=name, scopes=granted, created_by_id=_person(principal), expires_at=expires_at
    )
    return _told(key, text)


def rotated(
    principal: Principal, tenant: Tenant, prefix: str, *, overlap: timedelta, expires_at: datetime | None = None
) -> Made:
    """A key in the place of another, both good for a while; the answer's `key` is the new one's text. NotFound,
    KeyOver, BeyondOwn, ExpiryPassed."""
    old = keys.held(tenant, prefix)
    if not all(principal.may_give(scope) for scope in old.scopes):
        raise BeyondOwn
    _check_end(principal, tenant, expires_at or old.expires_at)
    key, text = keys.rotate(old, overlap=overlap, created_by_id=_person(principal), expires_at=expires_at)
    return _told(key, text, replaces=old.prefix)


def revoked(tenant: Tenant, prefix: str) -> Made:
    """The end of a key, at once. NotFound."""
    key = keys.held(tenant, prefix)
    is_news = keys.revoke(key)
    return Made(None, subject=prefix, detail={"name": key.name}, changed=is_news)


def _told(key: ApiKey, text: str, **more: str) -> Made:
    return Made(shown(key) | {"key": text}, key.prefix, {"name": key.name, "scopes": list(key.scopes), **more})


def _person(principal: Principal) -> int | None:
    kind, _, id = principal.actor.id.partition(":")
    return int(id) if kind == "user" else None


def _check_end(principal: Principal, tenant: Tenant, expires_at: datetime | None) -> None:
    """A key that makes keys makes none that outlive it."""
    kind, _, prefix = principal.actor.id.partition(":")
    own = keys.held(tenant, prefix).expires_at if kind == "key" else None
    if own and (expires_at is None or expires_at > own):
        raise BeyondOwn(pointer="/expires_at")
