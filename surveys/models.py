"""What a reader sees of surveys, their published versions and the responses to them."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from cqrs.models import Row


class SurveyRow(Row):
    """`sections` and `settings` are the draft's."""

    title = models.TextField()
    description = models.TextField(blank=True)
    sections = models.JSONField()
    settings = models.JSONField()
    status = models.TextField()
    number = models.IntegerField(help_text="the published version that is answered now; 0 before there is one")
    is_changed = models.BooleanField(help_text="whether the draft is another than what is published")
    token = models.TextField(help_text="opens the public page, /s/<token>/")

    class Meta:
        db_table = "survey"
        verbose_name = "survey"
        indexes = [
            models.Index(fields=["created_at", "id"], name="survey_created"),
            models.Index(fields=["token"], name="survey_token"),
        ]


class FormRow(Row):
    survey = models.TextField()
    number = models.IntegerField()
    title = models.TextField()
    description = models.TextField(blank=True)
    sections = models.JSONField()
    settings = models.JSONField()

    class Meta:
        db_table = "survey_form"
        verbose_name = "published version"
        indexes = [models.Index(fields=["survey", "number"], name="form_of_survey")]


class ResponseRow(Row):
    survey = models.TextField()
    number = models.IntegerField(help_text="the published version that was answered")
    answers = models.JSONField()
    unanswered = ArrayField(models.TextField(), help_text="questions that were asked and left empty")
    submitted_at = models.DateTimeField()
    respondent = models.TextField(blank=True)

    class Meta:
        db_table = "survey_response"
        verbose_name = "response"
        indexes = [models.Index(fields=["survey", "submitted_at", "id"], name="response_of_survey")]
