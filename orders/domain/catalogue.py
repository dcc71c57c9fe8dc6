"""What orders and holds need of the catalogue, and what they say where there is too little in stock."""

from collections.abc import Mapping, Sequence
from typing import Any

from cqrs.domain import NotFound, Reads, Refused, Short
from orders.domain.lines import SKUS_MOST, Catalogue, Item, pointer_to, summed
from orders.domain.product import PRODUCT, Product, is_sku
from orders.domain.stock import AVAILABLE, InsufficientStock
from orders.domain.tax import rates


def short_of(items: Sequence[Item], shorts: Sequence[Short]) -> Refused | None:
    """Which items there is not enough for, and how much there is."""
    told = [
        {
            "pointer": pointer_to(each.count.key, items),
            "code": InsufficientStock.code,
            "detail": InsufficientStock().detail,
            "sku": each.count.key,
            "requested": each.requested,
            "available": each.available,
        }
        for each in shorts
        if each.count.number == AVAILABLE
    ]
    return InsufficientStock(errors=told) if told else None


def catalogue(reads: Reads, order: Any, args: Mapping[str, Any]) -> Catalogue:
    """The products that are asked for, and their tax where an order goes; nothing where no items are asked for."""
    wanted = summed(args.get("items") or ())
    if len(wanted) > SKUS_MOST:  # refused anyway: nothing is read for it
        return Catalogue({}, {})
    address = args.get("shipping_address") or getattr(order, "shipping_address", None)
    found = {sku: product for sku in wanted if (product := _product(reads, sku))}
    categories = {product.category for product in found.values()}
    return Catalogue(found, rates(reads, country=address.country, categories=categories) if address and found else {})


def _product(reads: Reads, sku: str) -> Product | None:
    if not is_sku(sku):
        return None
    try:
        return reads.get(PRODUCT, PRODUCT.sk_of(sku)).state
    except NotFound:
        return None
