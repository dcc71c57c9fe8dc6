"""The pages of the shop: products, their stock, orders, holds, tax rates."""

from django.urls import include, path

from orders.web import holds, inventory, orders, products, tax_rates

urlpatterns = [
    path("orders/", include(orders.PAGES.urls())),
    path("products/", include(products.PAGES.urls())),
    path("inventory/", include(inventory.PAGE.urls())),
    path("holds/", include(holds.PAGES.urls())),
    path("tax-rates/", include(tax_rates.PAGES.urls())),
]
