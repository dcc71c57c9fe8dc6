"""What the shop is about, without a database: the standard library and the kernel's domain only."""

from orders.domain.effects import ORDER
from orders.domain.hold import HOLD, Hold, HoldStatus
from orders.domain.lines import Item, Line
from orders.domain.order import Order
from orders.domain.product import PRODUCT, Product
from orders.domain.status import NEXT, Status
from orders.domain.stock import AVAILABLE, ON_HAND, RESERVED, STOCK, UNITS, Stock
from orders.domain.tax import TAX_RATE, TaxRate

__all__ = [
    "AVAILABLE", "HOLD", "NEXT", "ON_HAND", "ORDER", "PRODUCT", "RESERVED", "STOCK", "TAX_RATE", "UNITS", "Hold",
    "HoldStatus", "Item", "Line", "Order", "Product", "Status", "Stock", "TaxRate",
]  # fmt: skip
