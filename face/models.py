"""What remembers changes of data that has no log of its own: members, keys, settings and the like."""

from django.db import models


class Receipt(models.Model):
    """The answer an Idempotency-Key got, written in the transaction it tells of. `answer` is empty where it showed a
    secret."""

    tenant_code = models.TextField()
    key = models.CharField(max_length=255)
    digest = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(default=0)
    answer = models.JSONField(null=True)
    headers = models.JSONField(default=dict)
    created_at = models.DateTimeField(auto_now_add=True, db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant_code", "key"], name="receipt_once")]

    def __str__(self) -> str:
        return f"{self.tenant_code} {self.key}"


class AuditLine(models.Model):
    """Who did what to control data, when and why. Written with the change, never changed after it."""

    tenant_code = models.TextField()
    at = models.DateTimeField(auto_now_add=True)
    by = models.TextField(help_text="user:7, key:3f…, staff:2, system:…")
    on_behalf_of = models.TextField(blank=True, help_text="the support access under which staff did it")
    action = models.TextField(help_text="member.invited")
    subject = models.TextField(help_text="what it was done to")
    detail = models.JSONField(default=dict)
    reason = models.TextField(blank=True)
    request_id = models.TextField(blank=True)
    ip = models.TextField(blank=True)

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["tenant_code", "-id"], name="audit_of_tenant")]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.by} {self.action} {self.subject}"
