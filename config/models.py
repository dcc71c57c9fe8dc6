"""What the processes tell of themselves where all can read it: in the public schema."""

from django.db import models
from django.db.models.functions import Now
from django.utils import timezone


class ProcessSeen(models.Model):
    """A process, and when it last said that it is there. Instants are Postgres' own."""

    class Kind(models.TextChoices):
        """What the process does."""

        WEB = "web"
        WORKER = "worker"
        BEAT = "beat"

    name = models.CharField(max_length=200, primary_key=True)
    """`<kind>:<machine>:<process id>:<random>`: no two processes ever share one."""
    kind = models.CharField(max_length=10, choices=Kind)
    started_at = models.DateTimeField(default=timezone.now, db_default=Now())
    seen_at = models.DateTimeField(default=timezone.now, db_default=Now())
    trouble = models.CharField(max_length=200, blank=True, default="")
    """What keeps it from its work, in words: a wrong clock. Empty where nothing does."""

    class Meta:
        db_table = "process_seen"

    def __str__(self) -> str:
        return self.name
