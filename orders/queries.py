"""What can be asked of this tenant's shop.

A little past the usual length: the shop's few lists and figures share what they are counted of.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta

import django_filters as filters
from django.db.models import BigIntegerField, Count, Exists, F, OuterRef, Q, QuerySet, Subquery, TextField, Value
from django.db.models.functions import Coalesce, Concat, TruncDate
from django.utils import timezone

from cqrs.models import Total
from face.filters import RowFilter
from face.listing import Listing
from orders.domain import (
    AVAILABLE,
    HOLD,
    ON_HAND,
    ORDER,
    PRODUCT,
    RESERVED,
    STOCK,
    TAX_RATE,
    UNITS,
    HoldStatus,
    Status,
)
from orders.models import HoldRow, OrderRow, ProductRow, StockRow, TaxRateRow

NUMBERS = (ON_HAND, RESERVED, AVAILABLE)

LOW_MOST = 100
"""Products that run low, of which the fewest are looked for."""

CATEGORIES_MOST = 100
"""Categories that a list offers to choose from."""


def products() -> QuerySet[ProductRow]:
    """The products of the tenant whose schema is current."""
    return ProductRow.objects.all()


def stock() -> QuerySet[StockRow]:
    """Their stock, with what the ledger makes each number."""
    return StockRow.objects.annotate(**{number: _total(number) for number in NUMBERS})


def orders() -> QuerySet[OrderRow]:
    """The orders."""
    return OrderRow.objects.all()


def holds() -> QuerySet[HoldRow]:
    """The holds."""
    return HoldRow.objects.all()


def holds_of(sku: str) -> QuerySet[HoldRow]:
    """The holds that keep units of a product now, the first to end first."""
    return holds().filter(status=HoldStatus.HELD, items__contains=[{"sku": sku}]).order_by("expires_at")


def due_holds(at: datetime) -> QuerySet[HoldRow]:
    """The holds whose time has come, the oldest first."""
    return holds().filter(status=HoldStatus.HELD, expires_at__lte=at).order_by("expires_at")


def recovered_stock() -> QuerySet[StockRow]:
    """Stock that is called low, and is not any more: an order that lost a product by an edit does not name it."""
    return stock().filter(Q(available__gt=F("low_stock_at")) | Q(low_stock_at=None), is_low=True).order_by("code")


def tax_rates() -> QuerySet[TaxRateRow]:
    """The tax rates, removed ones too."""
    return TaxRateRow.objects.all()


def shelves() -> QuerySet[ProductRow]:
    """The products with the numbers of their stock, and whether that is low."""
    low = StockRow.objects.filter(sku=OuterRef("sku"), is_low=True)
    return products().annotate(**{number: _total(number) for number in NUMBERS}, is_low=Exists(low))


def newest_currency() -> str:
    """What the product made last is priced in; empty where there is none."""
    newest = products().filter(is_deleted=False).order_by("-created_at").first()
    return str(newest.price["currency"]) if newest else ""


def categories() -> list[str]:
    """The categories that products have, by name."""
    found = products().filter(is_deleted=False).exclude(category="")
    return list(found.order_by("category").values_list("category", flat=True).distinct()[:CATEGORIES_MOST])


def low_shelves() -> QuerySet[ProductRow]:
    """The products for sale of which there are few, the fewest first."""
    low = list(stock().filter(is_low=True).order_by(AVAILABLE, "code").values_list("code", flat=True)[:LOW_MOST])
    if not low:
        return products().none()  # most days of most shops: the totals of no shelf are not even asked for
    return shelves().filter(code__in=low, is_active=True).order_by(AVAILABLE, "code")


def waiting_by_status(statuses: Iterable[Status]) -> Mapping[str, int]:
    """How many orders there are in each of these statuses."""
    rows = orders().filter(status__in=list(statuses), is_deleted=False)
    return dict(rows.values("status").annotate(number=Count("id")).values_list("status", "number"))


def placed_by_day(days: int) -> list[tuple[date, int]]:
    """How many orders were placed on each of the last days, today the last, in the tenant's time zone."""
    today = timezone.localdate()
    wanted = [today - timedelta(days=before) for before in range(days - 1, -1, -1)]
    first = timezone.make_aware(datetime.combine(wanted[0], time.min))
    rows = orders().filter(placed_at__gte=first).annotate(day=TruncDate("placed_at"))
    found = dict(rows.values("day").annotate(number=Count("id")).values_list("day", "number"))
    return [(day, found.get(day, 0)) for day in wanted]


class ProductFilter(RowFilter):
    """`?category=&is_active=true&q=`."""

    category = filters.CharFilter("category")
    is_active = filters.BooleanFilter("is_active")


class ShelfFilter(ProductFilter):
    """`?category=&is_active=&is_low=true&q=`."""

    is_low = filters.BooleanFilter("is_low")

    def search(self, rows: QuerySet[ProductRow], _: str, text: str) -> QuerySet[ProductRow]:
        """By name, or a part of the SKU."""
        return rows.filter(Q(name__icontains=text) | Q(code__icontains=text))


class StockFilter(RowFilter):
    """`?is_low=true&q=`."""

    is_low = filters.BooleanFilter("is_low")


class OrderFilter(RowFilter):
    """`?status=&customer_id=&placed_at_after=&placed_at_before=&q=`; the first moment is in, the last is not."""

    status = filters.MultipleChoiceFilter(choices=[(each, each) for each in Status])
    customer_id = filters.CharFilter("customer_id")
    placed_at_after = filters.IsoDateTimeFilter("placed_at", lookup_expr="gte")
    placed_at_before = filters.IsoDateTimeFilter("placed_at", lookup_expr="lt")

    def search(self, rows: QuerySet[OrderRow], _: str, text: str) -> QuerySet[OrderRow]:
        """By code or customer, exactly: an order has no other name."""
        return rows.filter(code=text.upper()) | rows.filter(customer_id=text)


class HoldFilter(RowFilter):
    """`?status=&q=`."""

    status = filters.MultipleChoiceFilter(choices=[(each, each) for each in HoldStatus])


class TaxRateFilter(RowFilter):
    """`?country=`."""

    country = filters.CharFilter("country")


PRODUCTS = Listing(PRODUCT, "products", products, ProductFilter, ("created_at", "updated_at", "name", "code"))
SHELVES = Listing(PRODUCT, "products", shelves, ShelfFilter, ("created_at", "updated_at", "name", "code"))
INVENTORY = Listing(STOCK, "inventory", stock, StockFilter, ("created_at", "code"), ordering="code", also=NUMBERS)
ORDERS = Listing(ORDER, "orders", orders, OrderFilter, ("placed_at", "updated_at", "code"), ordering="-placed_at")
HOLDS = Listing(HOLD, "holds", holds, HoldFilter, ("created_at", "expires_at", "code"))
TAX_RATES = Listing(TAX_RATE, "tax-rates", tax_rates, TaxRateFilter, ("created_at", "code"), ordering="code")


def _total(number: str) -> Coalesce:
    id = Concat(Value(f"{UNITS.kind}#"), OuterRef("sku"), Value(f"#{number}"), output_field=TextField())
    found = Total.objects.filter(id=id).values("total")
    return Coalesce(Subquery(found, output_field=BigIntegerField()), Value(0))
