"""Celery's clock, whose messages go by the outbox (cqrs/messages.py): Celery's own waits for the broker, and does not
find one again that was away."""

from typing import Any

from celery.beat import PersistentScheduler, ScheduleEntry

from cqrs.messages import send


class OutboxScheduler(PersistentScheduler):
    """Celery's, which speaks to no broker itself."""

    producer = None  # type: ignore[assignment]  # nobody asks it for anything

    def apply_entry(self, entry: ScheduleEntry, producer: Any = None) -> None:
        """Have the task of an entry run: until the next is due, or not at all."""
        options: dict[str, Any] = entry.options or {}
        send(str(entry.task), expires=options["expires"])
