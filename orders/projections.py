"""From the shop's states to their rows."""

from typing import Any

from cqrs.projections import projects
from orders.domain import HOLD, ORDER, PRODUCT, STOCK, TAX_RATE, Hold, Line, Order, Product, Stock, TaxRate
from orders.models import HoldRow, OrderRow, ProductRow, StockRow, TaxRateRow


@projects(PRODUCT, ProductRow)
def product_row(product: Product) -> ProductRow:
    return ProductRow(
        sku=product.sku,
        description=product.description,
        category=product.category,
        price=_money(product.price.amount, product.price.currency),
        is_active=product.is_active,
        images=list(product.images),
    )


@projects(STOCK, StockRow)
def stock_row(stock: Stock) -> StockRow:
    return StockRow(sku=stock.sku, low_stock_at=stock.low_stock_at, is_low=stock.is_low)


@projects(ORDER, OrderRow)
def order_row(order: Order) -> OrderRow:
    return OrderRow(
        customer_id=order.customer_id,
        status=order.status,
        items=[_item(line, order.currency) for line in order.lines],
        subtotal=_money(order.subtotal, order.currency),
        tax=_money(order.tax, order.currency),
        total=_money(order.total, order.currency),
        shipping_address=vars(order.shipping_address),
        payment_method=order.payment_method,
        note=order.note,
        hold=order.hold,
        cancel_reason=order.cancel_reason,
        placed_at=order.placed_at,
        shipped_at=order.shipped_at,
        delivered_at=order.delivered_at,
    )


@projects(HOLD, HoldRow)
def hold_row(hold: Hold) -> HoldRow:
    items = [{"sku": item.sku, "quantity": item.quantity} for item in hold.items]
    return HoldRow(items=items, expires_at=hold.expires_at, status=hold.status)


@projects(TAX_RATE, TaxRateRow)
def tax_rate_row(rate: TaxRate) -> TaxRateRow:
    return TaxRateRow(country=rate.country, category=rate.category, percent=rate.percent)


def _money(amount: int, currency: str) -> dict[str, Any]:
    return {"amount": amount, "currency": currency}


def _item(line: Line, currency: str) -> dict[str, Any]:
    return {
        "sku": line.sku,
        "name": line.name,
        "quantity": line.quantity,
        "unit_price": _money(line.unit_price, currency),
        "tax_percent": str(line.tax_percent),
        "subtotal": _money(line.subtotal, currency),
        "tax": _money(line.tax, currency),
        "total": _money(line.total, currency),
        "shipped": line.shipped,
        "returned": line.returned,
    }
