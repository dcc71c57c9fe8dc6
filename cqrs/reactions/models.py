"""How far each handler has come in each tenant's journal, what it waits for, and what was skipped."""

from django.db import models


class Handler(models.Model):
    """A handler that some release has had, and since when: older facts are none of its business, also where a journal
    is made again from the log."""

    name = models.TextField(primary_key=True)
    since = models.DateTimeField(null=True, help_text="empty: it reacts to the first fact of all")

    class Meta:
        db_table = "reaction_handler"

    def __str__(self) -> str:
        return self.name


class Cursor(models.Model):
    """How far a handler has come in a tenant's journal. Where there is none, it is at the beginning.

    Whoever raises `epoch` handles what comes next, until `next_at` unless it renews that. No lock is held meanwhile.
    """

    tenant_code = models.TextField()
    handler = models.TextField()
    position = models.BigIntegerField(default=0, db_default=0, help_text="everything up to here is handled")
    seen_at = models.DateTimeField(null=True, help_text="when the newest fact that it handled happened")
    since = models.DateTimeField(null=True, help_text="older facts are done with: the journal began anew")
    epoch = models.BigIntegerField(default=0, db_default=0)
    holder = models.TextField(default="", db_default="", blank=True, help_text="the process that handles; empty: none")
    next_at = models.DateTimeField(help_text="when the next may be handled: after a lease, or a failure's pause")
    attempts = models.IntegerField(default=0, db_default=0, help_text="failures of the line after the position")
    fact = models.TextField(default="", db_default="", blank=True, help_text="what failed: <entity id>@<version>")
    error = models.TextField(default="", db_default="", blank=True)

    class Meta:
        db_table = "reaction_cursor"
        constraints = [models.UniqueConstraint(fields=["tenant_code", "handler"], name="reaction_cursor_once")]

    def __str__(self) -> str:
        return f"{self.handler} in {self.tenant_code}"


class Skipped(models.Model):
    """A fact that a handler failed on and that somebody decided to go on without."""

    tenant_code = models.TextField()
    handler = models.TextField()
    position = models.BigIntegerField()
    fact = models.TextField(help_text="<entity id>@<version>")
    error = models.TextField()
    reason = models.TextField()
    decided_by = models.TextField()
    decided_at = models.DateTimeField()

    class Meta:
        db_table = "reaction_skipped"
        verbose_name_plural = "skipped facts"

    def __str__(self) -> str:
        return f"{self.fact}:{self.handler}"
