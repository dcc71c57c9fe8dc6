"""How far each shard of the stream has been followed, and by whom."""

from django.db import models


class Shard(models.Model):
    """One shard of the events table's stream.

    Whoever raises `epoch` holds the lease; a checkpoint counts only under the epoch it was made in, so that a worker
    which slept through its lease changes nothing when it wakes.
    """

    id = models.TextField(primary_key=True)
    parent = models.TextField(blank=True)
    checkpoint = models.TextField(blank=True, help_text="sequence number of the last record shown; empty: none yet")
    is_closed = models.BooleanField(default=False, help_text="read to its end; its children may be read")
    epoch = models.BigIntegerField(default=0)
    leased_until = models.DateTimeField(help_text="when the lease ends, or ended")
    caught_up_at = models.DateTimeField(
        help_text="when the shard was last read to its end: rows are complete up to here"
    )
    scan_first = models.BooleanField(default=False, help_text="the stream may have forgotten: read the table itself")
    is_rung = models.BooleanField(default=False, help_text="somebody wrote while it was leased: look once more")

    class Meta:
        db_table = "shard"

    def __str__(self) -> str:
        return self.id


class Held(models.Model):
    """A tenant whose facts could not be shown, for it has no schema here; once it gets one, the table is read again."""

    tenant_code = models.TextField(primary_key=True)

    class Meta:
        db_table = "held"

    def __str__(self) -> str:
        return self.tenant_code
