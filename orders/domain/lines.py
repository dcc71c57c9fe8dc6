"""What an order asks for, and the lines that come of it: priced and taxed as the catalogue was then.

A little past the usual length: how a line is priced and taxed is read beside how it is checked.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from cqrs.domain import Refused
from cqrs.domain.money import AMOUNT_MOST, share
from orders.domain.product import Product
from orders.domain.stock import InvalidQuantity
from orders.domain.tax import Rates

SKUS_MOST = 90
"""Different SKUs in an order: each is a counter to move, and 100 writes fit into a transaction."""

QUANTITY_MOST = 10**6
"""Units of a line."""


class NoItems(Refused):
    """An order needs something to order."""


class TooManyItems(Refused):
    """An order holds at most 90 different SKUs."""


class UnknownProduct(Refused):
    """There is no product with this SKU."""


class NotForSale(Refused):
    """This product is not sold any more."""


class MixedCurrencies(Refused):
    """All products of an order have prices in one currency."""


class TotalTooLarge(Refused):
    """This order comes to more than an amount can be."""


@dataclass(frozen=True)
class Item:
    """So many of a product."""

    sku: str
    quantity: int


@dataclass(frozen=True)
class Line:
    """So many of a product, at the price of the moment it was ordered; amounts in minor units. `shipped` and `returned`
    are units too."""

    sku: str
    name: str
    category: str
    quantity: int
    unit_price: int
    tax_percent: Decimal
    subtotal: int
    tax: int
    shipped: int = 0
    returned: int = 0

    @property
    def total(self) -> int:
        """What is paid for it."""
        return self.subtotal + self.tax

    @property
    def waiting(self) -> int:
        """Units that are not shipped yet."""
        return self.quantity - self.shipped


@dataclass(frozen=True)
class Catalogue:
    """The products that an order may want, by SKU (only those there are), and what tax is added to each category."""

    products: Mapping[str, Product]
    rates: Rates


def summed(items: Iterable[Item]) -> dict[str, int]:
    """Units by SKU, however many lines ask for it, in the order in which they were named first."""
    found: dict[str, int] = {}
    for item in items:
        found[item.sku] = found.get(item.sku, 0) + item.quantity
    return found


def priced(items: Sequence[Item], catalogue: Catalogue) -> tuple[tuple[Line, ...], str]:
    """The lines of what is asked for, one for each SKU, and their currency. NoItems, TooManyItems, InvalidQuantity,
    UnknownProduct, NotForSale, MixedCurrencies, TotalTooLarge, each pointing to the item."""
    products, wanted = for_sale(items, catalogue), summed(items)
    for product in products:
        if product.price.currency != products[0].price.currency:
            raise MixedCurrencies(pointer=pointer_to(product.sku, items))
    lines = tuple(_line(product, wanted[product.sku], catalogue.rates) for product in products)
    if sum(line.total for line in lines) > AMOUNT_MOST:
        raise TotalTooLarge(pointer="/items")
    return lines, products[0].price.currency


def for_sale(items: Sequence[Item], catalogue: Catalogue) -> list[Product]:
    """The products that are asked for, each once. NoItems, TooManyItems, InvalidQuantity, UnknownProduct, NotForSale,
    each pointing to the item."""
    _check(items)
    return [_product(sku, catalogue, pointer=pointer_to(sku, items)) for sku in summed(items)]


def pointer_to(sku: str, items: Iterable[Item]) -> str:
    """Where a SKU was named first."""
    return f"/items/{next(number for number, item in enumerate(items) if item.sku == sku)}/sku"


def _check(items: Sequence[Item]) -> None:
    if not items:
        raise NoItems(pointer="/items")
    for number, item in enumerate(items):
        if not 1 <= item.quantity <= QUANTITY_MOST:
            detail = f"A quantity is 1 to {QUANTITY_MOST:,}."
            raise InvalidQuantity(detail, pointer=f"/items/{number}/quantity", limit=QUANTITY_MOST)
    if len({item.sku for item in items}) > SKUS_MOST:
        raise TooManyItems(pointer="/items", limit=SKUS_MOST)


def _product(sku: str, catalogue: Catalogue, *, pointer: str) -> Product:
    product = catalogue.products.get(sku)
    if product is None:
        raise UnknownProduct(pointer=pointer, sku=sku)
    if not product.is_active:
        raise NotForSale(pointer=pointer, sku=sku)
    return product


def _line(product: Product, quantity: int, rates: Rates) -> Line:
    """Tax is rounded once for each line; totals are sums of lines, and so always add up."""
    subtotal, percent = product.price.amount * quantity, rates[product.category]
    return Line(
        sku=product.sku,
        name=product.name,
        category=product.category,
        quantity=quantity,
        unit_price=product.price.amount,
        tax_percent=percent,
        subtotal=subtotal,
        tax=share(subtotal, percent),
    )
