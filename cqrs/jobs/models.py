"""What long work tells of itself."""

from django.db import models


class Job(models.Model):
    """One piece of long work of one tenant. While it runs it gives a sign of life again and again; a kind of work runs
    once at a time for each tenant."""

    class State(models.TextChoices):
        RUNNING = "running"
        DONE = "done"
        CANCELLED = "cancelled"
        FAILED = "failed"

    kind = models.TextField(help_text="`rebuild` for one")
    tenant_code = models.TextField(db_index=True)
    what = models.TextField(blank=True, help_text="of what: entity types, a time")
    state = models.TextField(choices=State, default=State.RUNNING)
    done = models.BigIntegerField(default=0)
    total = models.BigIntegerField(default=0, help_text="how much there is, about; 0: not known")
    message = models.TextField(blank=True, help_text="what it does now, or how it ended")
    by = models.TextField()
    reason = models.TextField(blank=True)
    started_at = models.DateTimeField()
    seen_at = models.DateTimeField(help_text="its last sign of life")
    ended_at = models.DateTimeField(null=True)
    cancel_requested = models.BooleanField(default=False)
    cancelled_by = models.TextField(blank=True)
    cancel_reason = models.TextField(blank=True)

    class Meta:
        db_table = "job"
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "tenant_code"], condition=models.Q(state="running"), name="job_one_at_a_time"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.tenant_code} {self.what}".rstrip()


class JobRequest(models.Model):
    """That somebody asked for long work. It is there until the work was done (cqrs/jobs/requests.py)."""

    kind = models.TextField()
    tenant_code = models.TextField(blank=True)
    arguments = models.JSONField(default=dict)
    by = models.TextField()
    reason = models.TextField(blank=True)
    asked_at = models.DateTimeField(auto_now_add=True)
    attempts = models.IntegerField(default=0, help_text="how often a worker has begun it")

    class Meta:
        db_table = "job_request"

    def __str__(self) -> str:
        return f"{self.kind} {self.tenant_code}".rstrip()
