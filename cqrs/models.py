"""What each tenant's schema holds for the kernel: its home, its journal, and the columns of every read model."""

from typing import Any

from django.db import models
from django.db.models import QuerySet


class Home(models.Model):
    """The schema's only row: whose schema this is. Every tenant table refers to it, so that Postgres itself refuses a
    row of another tenant."""

    tenant_code = models.TextField(primary_key=True)

    class Meta:
        db_table = "home"

    def __str__(self) -> str:
        return self.tenant_code


def tenant_code() -> "models.ForeignKey[Any, Any]":
    """The fence: a column that can hold this schema's own tenant only."""
    return models.ForeignKey(Home, models.PROTECT, db_column="tenant_code", related_name="+", db_index=False)


class JournalLine(models.Model):
    """One version of one entity, in the order in which this tenant's readers learn of it."""

    position = models.BigIntegerField(primary_key=True)
    tenant = tenant_code()
    entity_id = models.TextField()
    version = models.BigIntegerField()
    type = models.TextField()
    sk = models.TextField()
    code = models.TextField()
    name = models.TextField()
    fact = models.TextField()
    rule = models.TextField()
    args = models.JSONField()
    attributes = models.JSONField()
    is_deleted = models.BooleanField()
    at = models.DateTimeField()
    by = models.TextField()
    created_at = models.DateTimeField()
    created_by = models.TextField()
    command_id = models.TextField()
    request_id = models.TextField()
    source = models.TextField()
    ip = models.TextField()
    schema = models.IntegerField()
    trace = models.TextField(blank=True, default="", db_default="")
    on_behalf_of = models.TextField(blank=True, default="", db_default="")

    class Meta:
        db_table = "journal"
        constraints = [models.UniqueConstraint(fields=["entity_id", "version"], name="journal_once")]
        ordering = ["position"]

    def __str__(self) -> str:
        return f"{self.position}: {self.entity_id}@{self.version}"


class LedgerLine(models.Model):
    """By how much one journal line moved one number of a counter, and what it was then."""

    position = models.BigIntegerField()
    tenant = tenant_code()
    kind = models.TextField()
    key = models.TextField()
    number = models.TextField()
    delta = models.BigIntegerField()
    balance = models.BigIntegerField()
    entity_id = models.TextField()
    version = models.BigIntegerField()
    at = models.DateTimeField()

    class Meta:
        db_table = "ledger"
        constraints = [models.UniqueConstraint(fields=["kind", "key", "number", "position"], name="ledger_once")]
        indexes = [models.Index(fields=["position"], name="ledger_position")]
        ordering = ["position"]

    def __str__(self) -> str:
        return f"{self.position}: {self.kind} {self.key} {self.number} {self.delta:+}"


class Total(models.Model):
    """The sum of one number's ledger lines."""

    id = models.TextField(primary_key=True, help_text="STOCK#SKU-1#available")
    tenant = tenant_code()
    kind = models.TextField()
    key = models.TextField()
    number = models.TextField()
    total = models.BigIntegerField()

    class Meta:
        db_table = "total"
        indexes = [models.Index(fields=["kind", "key"], name="total_counter")]

    def __str__(self) -> str:
        return f"{self.id} {self.total}"


class Row(models.Model):
    """The columns every read model has; an entity's row is replaced whole by its newest version."""

    id = models.TextField(primary_key=True)
    partition = models.TextField(db_column="pk")
    sk = models.TextField()
    tenant = tenant_code()
    code = models.TextField(blank=True)
    name = models.TextField(blank=True)
    version = models.BigIntegerField()
    is_deleted = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    created_by = models.TextField()
    updated_at = models.DateTimeField()
    updated_by = models.TextField()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.code or self.id


def list_by_pk[R: Row](rows: QuerySet[R], pk: str, *, limit: int, start_from_sk: str = "") -> QuerySet[R]:
    """The rows of one partition, `TODO#acme`, above a sort key, in its order."""
    return rows.filter(partition=pk, sk__gt=start_from_sk).order_by("sk")[:limit]
