"""What a reader sees of an article and of a purchase."""

from django.db import models

from cqrs.models import Row


class ArticleRow(Row):
    sku = models.TextField()
    units = models.BigIntegerField()
    flaw = models.TextField(blank=True)
    beside = models.ForeignKey(
        "self", models.DO_NOTHING, null=True, related_name="+", help_text="checked at COMMIT, as Django's are"
    )

    class Meta:
        app_label, db_table = "shop", "article"


class PurchaseRow(Row):
    sku = models.TextField()
    units = models.BigIntegerField()

    class Meta:
        app_label, db_table = "shop", "purchase"
