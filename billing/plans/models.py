"""The versions of plans. Postgres itself refuses to change one that was published (see the second migration)."""

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models

from billing.plans.terms import checked_limits
from cqrs.domain.money import AMOUNT_MOST

CODE = r"[a-z][a-z0-9-]{0,30}"


class Standing(models.Model):
    """A tenant's subscription as the last run found it, so that staff see all of them in one list. `monthly` is what it
    brings in a month, in minor units: nothing while it is tried, or has ended."""

    tenant = models.OneToOneField("tenants.Tenant", models.CASCADE, primary_key=True)
    status = models.TextField()
    plan = models.TextField()
    plan_version = models.IntegerField()
    billing_cycle = models.TextField()
    monthly = models.BigIntegerField()
    owing = models.BigIntegerField()
    currency = models.TextField()
    period_ends_at = models.DateTimeField()
    cancel_at_period_end = models.BooleanField()
    overrides = models.JSONField(help_text="limits that staff set otherwise than the plan says")
    seen_at = models.DateTimeField()

    class Meta:
        db_table = "subscription_standing"
        verbose_name = "subscription, as last seen"
        verbose_name_plural = "subscriptions of all tenants"
        ordering = ["tenant__code"]

    def __str__(self) -> str:
        return f"{self.tenant.code}: {self.plan} {self.plan_version}"


class PlanVersion(models.Model):
    """One version of a plan. A draft is edited; published, it is in the catalogue in the place of the one before, until
    it is retired. Whoever has subscribed to it keeps it."""

    class State(models.TextChoices):
        DRAFT = "draft"
        PUBLISHED = "published"
        RETIRED = "retired"

    code = models.CharField(max_length=31, validators=[RegexValidator(rf"^{CODE}\Z")])
    version = models.PositiveIntegerField(default=1)
    state = models.CharField(max_length=16, choices=State, default=State.DRAFT)
    name = models.CharField(max_length=100)
    description = models.CharField(max_length=300, blank=True)
    position = models.PositiveIntegerField(default=0, help_text="its place in the catalogue")
    currency = models.CharField(max_length=3, default="USD", validators=[RegexValidator(r"^[A-Z]{3}\Z")])
    monthly = models.PositiveBigIntegerField(validators=[MaxValueValidator(AMOUNT_MOST)], help_text="minor units")
    yearly = models.PositiveBigIntegerField(validators=[MaxValueValidator(AMOUNT_MOST)], help_text="minor units")
    tax_percent = models.DecimalField(
        max_digits=6, decimal_places=3, default=0, validators=[MinValueValidator(0), MaxValueValidator(100)]
    )
    features = ArrayField(models.CharField(max_length=100), default=list, blank=True)
    limits = models.JSONField(default=dict, blank=True, validators=[checked_limits])
    published_at = models.DateTimeField(null=True, editable=False)
    retired_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        db_table = "plan_version"
        verbose_name = "plan"
        ordering = ["position", "code", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["code", "version"], name="plan_once"),
            models.UniqueConstraint(fields=["code"], condition=models.Q(state="published"), name="plan_published_once"),
            models.UniqueConstraint(fields=["code"], condition=models.Q(state="draft"), name="plan_drafted_once"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.version}"
