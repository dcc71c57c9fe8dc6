"""Products: what is sold, at which price. Each brings its stock, at 0, in its own transaction."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from billing.domain import Metric, counted
from cqrs.domain import KEEP, Command, Deltas, Entity, Refused, Version, revise
from cqrs.domain.money import Money
from orders.domain.stock import STOCK, Stock

MOST = {"name": 200, "description": 10_000}
"""Characters that fit into each text."""

IMAGES_MOST, IMAGE_MOST = 20, 2000

_SKU = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}", re.ASCII)
_CATEGORY = re.compile(r"[a-z0-9][a-z0-9_-]{0,49}|", re.ASCII)


class InvalidSku(Refused):
    """A SKU is 1 to 64 letters, digits, dots, hyphens and underscores, the first a letter or digit."""


class InvalidCategory(Refused):
    """A category is up to 50 small letters, digits, hyphens and underscores."""


class EmptyProductName(Refused):
    """A product needs a name."""


class TextTooLong(Refused):
    """This is longer than fits here."""


class InvalidImage(Refused):
    """The address of an image has no blanks in it."""


class TooManyImages(Refused):
    """A product has at most 20 images."""


@dataclass(frozen=True)
class Product:
    """Something that is sold. One that is not active stays in the orders it is in, and is not sold any more."""

    sku: str
    name: str
    price: Money
    description: str = ""
    category: str = ""
    is_active: bool = True
    images: tuple[str, ...] = ()


def create(
    *,
    sku: str,
    name: str,
    price: Money,
    description: str = "",
    category: str = "",
    images: tuple[str, ...] = (),
) -> Product:
    """A new product, for sale."""
    if not is_sku(sku):
        raise InvalidSku(pointer="/sku")
    return _tidy(Product(sku, name, price, description, category, images=images))


def edit(
    product: Product,
    *,
    name: str = KEEP,
    price: Money = KEEP,
    description: str = KEEP,
    category: str = KEEP,
    is_active: bool = KEEP,
    images: tuple[str, ...] = KEEP,
) -> Product:
    """Change what is given, keep the rest. Orders keep the price they were placed at."""
    return _tidy(
        revise(
            product,
            name=name,
            price=price,
            description=description,
            category=category,
            is_active=is_active,
            images=images,
        )
    )


def retire(product: Product) -> Product:
    """Not sold any more."""
    return replace(product, is_active=False)


def with_stock(before: Version[Product] | None, after: Version[Product]) -> Iterator[Command[Stock]]:
    """What comes along with a new product: its stock."""
    if before is None:
        yield STOCK.create(sku=after.state.sku)


def for_sale(before: Product | None, after: Product | None) -> Deltas:
    """A product that is for sale is one of the plan's projects."""
    there, was = (bool(each and each.is_active) for each in (after, before))
    return counted(Metric.PROJECTS, there - was)


def _tidy(product: Product) -> Product:
    product = replace(product, name=product.name.strip(), price=product.price.checked(pointer="/price"))
    if not product.name:
        raise EmptyProductName(pointer="/name")
    if not _CATEGORY.fullmatch(product.category):
        raise InvalidCategory(pointer="/category")
    if len(product.images) > IMAGES_MOST:
        raise TooManyImages(pointer="/images", limit=IMAGES_MOST)
    for field, most in MOST.items():
        check_length(getattr(product, field), most=most, pointer=f"/{field}")
    for number, image in enumerate(product.images):
        check_length(image, most=IMAGE_MOST, pointer=f"/images/{number}")
        if any(map(str.isspace, image)):
            raise InvalidImage(pointer=f"/images/{number}")
    return product


def is_sku(text: str) -> bool:
    """Whether a product can be called so at all."""
    return _SKU.fullmatch(text) is not None


def check_length(text: str, *, most: int, pointer: str) -> None:
    """TextTooLong above so many characters."""
    if len(text) > most:
        raise TextTooLong(f"At most {most} characters fit here.", pointer=pointer, limit=most)


PRODUCT = Entity(
    "PRODUCT",
    Product,
    create=create,
    change={"edited": edit, "retired": retire},
    counts=for_sale,
    along=with_stock,
    code=lambda product: product.sku,
)
