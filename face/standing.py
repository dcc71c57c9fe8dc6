"""Whether a tenant may change anything: the fence below the views. Asked of Postgres once in a few seconds, and
forgotten at every change."""

import time
from functools import lru_cache
from typing import Any

from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver
from django_tenants.utils import get_tenant_model

from cqrs.domain import NotFound
from face.refusals import TenantHeld, TenantSuspended

REMEMBERED_FOR = 3.0
"""Seconds for which another process may still take changes as before."""

WHY_NOT = {"suspended": TenantSuspended, "held": TenantHeld}


def check_standing(tenant: str) -> None:
    """Pass for a tenant that is active. TenantSuspended, TenantHeld; NotFound for one that is nobody's, yet or now."""
    state = _remembered(tenant, int(time.monotonic() / REMEMBERED_FOR))
    if state != "active":
        raise WHY_NOT.get(state, NotFound)


@lru_cache(maxsize=1024)
def _remembered(tenant: str, _moment: int) -> str:
    found = get_tenant_model().objects.filter(code=tenant).values_list("state", flat=True).first()
    return str(found or "")


@receiver([post_save, post_delete])
def forget(sender: Any = None, **_: object) -> None:
    """Ask again, for every tenant, after one was changed."""
    if sender is None or sender is get_tenant_model():
        _remembered.cache_clear()
