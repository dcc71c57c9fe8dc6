"""The pages of the shop: products, their stock, orders."""

from django.urls import include, path

from orders.web import inventory, orders, products

urlpatterns = [
    path("orders/", include(orders.PAGES.urls())),
    path("products/", include(products.PAGES.urls())),
    path("inventory/", include(inventory.PAGE.urls())),
]
