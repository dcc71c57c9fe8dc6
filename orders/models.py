"""What a reader sees of products, stock, orders, holds and tax rates. Money is `{"amount", "currency"}`."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models.functions import Upper

from cqrs.models import Row


def searched(field: str, *, name: str) -> GinIndex:
    """An index that finds parts of a text, in any case."""
    return GinIndex(OpClass(Upper(field), name="gin_trgm_ops"), name=name)


class ProductRow(Row):
    sku = models.TextField()
    description = models.TextField(blank=True)
    category = models.TextField(blank=True)
    price = models.JSONField()
    is_active = models.BooleanField()
    images = ArrayField(models.TextField())

    class Meta:
        db_table = "product"
        verbose_name = "product"
        indexes = [
            models.Index(fields=["created_at", "id"], name="product_created"),
            models.Index(fields=["category", "created_at"], name="product_category"),
            searched("name", name="product_searched_name"),
            searched("code", name="product_searched_code"),
        ]


class StockRow(Row):
    """The numbers themselves are totals of the ledger."""

    sku = models.TextField()
    low_stock_at = models.BigIntegerField(null=True)
    is_low = models.BooleanField()

    class Meta:
        db_table = "stock"
        verbose_name = "stock"
        verbose_name_plural = "stock"
        indexes = [
            models.Index(fields=["code", "id"], name="stock_code"),
            models.Index(fields=["code"], name="stock_low", condition=models.Q(is_low=True)),
            searched("name", name="stock_searched_name"),
            searched("code", name="stock_searched_code"),
        ]


class OrderRow(Row):
    customer_id = models.TextField()
    status = models.TextField()
    items = models.JSONField()
    subtotal = models.JSONField()
    tax = models.JSONField()
    total = models.JSONField()
    shipping_address = models.JSONField()
    payment_method = models.TextField(blank=True)
    note = models.TextField(blank=True)
    hold = models.TextField(blank=True, default="", db_default="")
    cancel_reason = models.TextField(blank=True)
    placed_at = models.DateTimeField()
    shipped_at = models.DateTimeField(null=True)
    delivered_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "orders"  # `order` is a word of SQL
        verbose_name = "order"
        indexes = [
            models.Index(fields=["placed_at", "id"], name="order_placed"),
            models.Index(fields=["status", "placed_at", "id"], name="order_status"),
            models.Index(fields=["customer_id", "placed_at", "id"], name="order_customer"),
            models.Index(fields=["code"], name="order_code"),
        ]


class HoldRow(Row):
    items = models.JSONField()
    expires_at = models.DateTimeField()
    status = models.TextField()

    class Meta:
        db_table = "hold"
        verbose_name = "hold"
        indexes = [
            models.Index(fields=["expires_at"], name="hold_due", condition=models.Q(status="held")),
            models.Index(fields=["created_at", "id"], name="hold_created"),
        ]


class TaxRateRow(Row):
    country = models.TextField()
    category = models.TextField(blank=True)
    percent = models.DecimalField(max_digits=6, decimal_places=3)

    class Meta:
        db_table = "tax_rate"
        verbose_name = "tax rate"
