"""What a reader sees of a todo."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from cqrs.models import Row


class TodoRow(Row):
    description = models.TextField(blank=True)
    status = models.TextField()
    due_date = models.DateField(null=True)
    priority = models.TextField()
    labels = ArrayField(models.TextField())
    assignee = models.TextField(blank=True)

    class Meta:
        db_table = "todo"
        verbose_name = "todo"
        indexes = [
            models.Index(fields=["created_at", "id"], name="todo_created"),
            models.Index(fields=["status", "created_at"], name="todo_status"),
        ]
