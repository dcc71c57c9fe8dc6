"""The kernel's shared tables: how far the stream was followed, what waits, and how far each tenant's journal goes."""

from django.db import models


class Shard(models.Model):
    """One shard of the events table's stream, or one segment of the table itself where the stream has forgotten.

    Whoever raises `epoch` holds the lease; a checkpoint counts only under the epoch it was made in, so that a worker
    which slept through its lease changes nothing when it wakes.
    """

    id = models.TextField(primary_key=True)
    parent = models.TextField(blank=True)
    segment = models.TextField(blank=True, help_text="`0/4`: the first quarter of the table itself; empty: a shard")
    checkpoint = models.TextField(blank=True, help_text="where to read on; empty: from the beginning")
    is_closed = models.BooleanField(default=False, help_text="read to its end; its children may be read")
    epoch = models.BigIntegerField(default=0)
    holder = models.TextField(blank=True, help_text="the process that reads it; empty: free")
    leased_until = models.DateTimeField(help_text="when the lease ends, or ended")
    caught_up_at = models.DateTimeField(
        help_text="when the shard was last read to its end: rows are complete up to here"
    )
    is_rung = models.BooleanField(default=False, help_text="somebody wrote while it was leased: look once more")
    deaths = models.IntegerField(default=0, help_text="holders that ended without giving it back since the checkpoint")
    suspects = models.JSONField(default=list, help_text="ids of the entities in trial when a holder last died")

    class Meta:
        db_table = "shard"

    def __str__(self) -> str:
        return self.id


class JournalHead(models.Model):
    """How far a tenant's journal goes. Whoever shows facts locks it, so that positions are gapless and in the order of
    commits; all tenants' heads stand in one table, so that one statement locks those of a batch."""

    tenant_code = models.TextField(primary_key=True)
    position = models.BigIntegerField(default=0)

    class Meta:
        db_table = "journal_head"

    def __str__(self) -> str:
        return f"{self.tenant_code}: {self.position}"


class Parked(models.Model):
    """An entity that is not shown, the highest version of it that was seen, and why.

    `held`: its tenant's schema is locked or not ready; shown by itself as soon as it is. `parked`: its rows cannot be
    made; somebody mends that and retries, or discards it: then the old rows stay.
    """

    class State(models.TextChoices):
        HELD = "held"
        PARKED = "parked"
        DISCARDED = "discarded"

    entity_id = models.TextField(primary_key=True)
    tenant_code = models.TextField(db_index=True)
    state = models.TextField(choices=State)
    version = models.BigIntegerField(help_text="the highest version seen")
    error = models.TextField(blank=True)
    parked_at = models.DateTimeField()
    reason = models.TextField(blank=True, help_text="why it was discarded")
    decided_by = models.TextField(blank=True)
    decided_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "parked"
        verbose_name_plural = "parked entities"
        indexes = [models.Index(fields=["parked_at"], name="parked_when")]

    def __str__(self) -> str:
        return self.entity_id


class HeldTenant(models.Model):
    """A tenant whose schema is locked or not ready. Its facts are noted as held, and shown when it is."""

    tenant_code = models.TextField(primary_key=True)
    error = models.TextField(blank=True)
    held_at = models.DateTimeField()

    class Meta:
        db_table = "held_tenant"

    def __str__(self) -> str:
        return self.tenant_code


class Breaker(models.Model):
    """Present while nothing is parked: too much was at once, so that the release is the likelier fault."""

    id = models.IntegerField(primary_key=True, default=1)
    entity_id = models.TextField(help_text="when this entity can be shown, the fault is mended")
    error = models.TextField()
    tripped_at = models.DateTimeField()

    class Meta:
        db_table = "breaker"
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="breaker_only_one")]

    def __str__(self) -> str:
        return self.error
