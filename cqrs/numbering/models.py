"""A tenant's own sequences."""

from django.db import models

from cqrs.domain import Rotation
from cqrs.models import tenant_code

FIELDS = ("format", "rotation", "start_month", "register_date", "prefix", "postfix")
"""What a tenant may set; the fields of `cqrs.domain.Sequence` of the same names."""


class SequenceSetting(models.Model):
    """How one type of entity is numbered here, in place of what is declared."""

    type = models.TextField(primary_key=True)
    tenant = tenant_code()
    format = models.TextField()
    rotation = models.TextField(choices=[(each.value, each.value) for each in Rotation])
    start_month = models.PositiveSmallIntegerField(null=True)
    register_date = models.DateField(null=True)
    prefix = models.TextField(blank=True)
    postfix = models.TextField(blank=True)
    changed_at = models.DateTimeField(auto_now=True)
    changed_by = models.TextField()

    class Meta:
        db_table = "sequence_setting"

    def __str__(self) -> str:
        return f"{self.type}: {self.format}"
