"""Staff's view of the shop."""

from django.contrib import admin

from face.admin import TenantAdmin
from orders.models import OrderRow, ProductRow, StockRow, TaxRateRow


@admin.register(ProductRow)
class ProductAdmin(TenantAdmin):
    list_display = ("code", "name", "category", "is_active", "version", "updated_at")
    list_filter = ("is_active",)
    search_fields = ("code", "name")


@admin.register(StockRow)
class StockAdmin(TenantAdmin):
    list_display = ("code", "low_stock_at", "is_low", "version", "updated_at")
    list_filter = ("is_low",)
    search_fields = ("code",)


@admin.register(OrderRow)
class OrderAdmin(TenantAdmin):
    list_display = ("code", "status", "customer_id", "placed_at", "version", "updated_at")
    list_filter = ("status",)
    search_fields = ("code", "customer_id")


@admin.register(TaxRateRow)
class TaxRateAdmin(TenantAdmin):
    list_display = ("code", "country", "category", "percent", "is_deleted", "updated_at")
