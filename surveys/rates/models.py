"""What is counted."""

from django.db import models


class AnswerCount(models.Model):
    """How many responses came to a form from one of many addresses that share a key. The table is unlogged: none of it
    is in a backup or a replica, and a crash empties it."""

    key = models.CharField(max_length=64, primary_key=True)
    count = models.IntegerField()
    until = models.DateTimeField(db_index=True, help_text="when it counts anew; the line is deleted soon after")

    class Meta:
        db_table = "survey_answer_count"

    def __str__(self) -> str:
        return f"{self.count} until {self.until:%H:%M:%S}"
