"""What Celery's clock starts, and how often. What a look finds is in tables: one that is missed loses nothing."""

from typing import Any

from config.environment import Environment

EVERY: dict[str, tuple[str, float]] = {
    "mails": ("tenants.send_unsent", 60.0),
    "end": ("tenants.end", 60.0),
    "tidy": ("tenants.tidy", 600.0),
    "shop": ("orders.look", 30.0),
    "domains": ("tenants.look_at_domains", 3600.0),
    "webhooks": ("webhooks.look", 2.0),
    "old-webhooks": ("webhooks.tidy", 3600.0),
    "rates": ("surveys.forget_rates", 60.0),
    "billing": ("billing.run", 300.0),
    "requested": ("cqrs.run_requested", 10.0),
}
"""By name: a task, and the seconds from one start to the next."""

MAX_EXPIRES = 600.0
"""Seconds after which no message of the clock is of use any more."""


def schedule(env: Environment) -> dict[str, dict[str, Any]]:
    """Celery's beat_schedule. A message that waits longer than until the next is not worked on."""
    entries = dict(EVERY)
    if env.canary_seconds:
        entries["canary"] = ("config.sing", env.canary_seconds)
    if env.pool:
        entries["pool"] = ("tenants.fill_pool", 15.0)
    return {
        name: {"task": task, "schedule": seconds, "options": {"expires": min(seconds, MAX_EXPIRES)}}
        for name, (task, seconds) in entries.items()
    }
