"""Articles with units, and purchases, which together never take more units than there are."""

from dataclasses import dataclass, replace
from enum import StrEnum

from cqrs.domain import KEEP, Counter, Deltas, Entity, revise

STOCK = Counter("STOCK", floors={"available": 0})
"""Per article, by its sku: the units that are not yet bought."""


class Flaw(StrEnum):
    """In which way a release that is at fault cannot show an article."""

    NONE = ""
    DATA = "data"
    INTEGRITY = "integrity"
    COMMIT = "commit"
    DEATH = "death"


@dataclass(frozen=True)
class Article:
    """Something that is sold, known by its sku. `units` is all that ever came in."""

    sku: str
    name: str
    units: int = 0
    flaw: Flaw = Flaw.NONE


def create(*, sku: str, name: str, units: int = 0, flaw: Flaw = Flaw.NONE) -> Article:
    """A new article, with what is there of it."""
    return Article(sku, name, units, flaw)


def edit(article: Article, *, name: str = KEEP) -> Article:
    """Another name."""
    return revise(article, name=name)


def stock(article: Article, *, units: int) -> Article:
    """More of it has come in."""
    return replace(article, units=article.units + units)


def mark(article: Article, *, flaw: Flaw) -> Article:
    """From now on a release at fault cannot show it."""
    return replace(article, flaw=flaw)


def came_in(before: Article | None, after: Article | None) -> Deltas:
    """What came in is available."""
    [sku] = {each.sku for each in (before, after) if each}
    return {STOCK.at(sku, "available"): (after.units if after else 0) - (before.units if before else 0)}


@dataclass(frozen=True)
class Purchase:
    """Some units of an article, bought."""

    sku: str
    units: int = 1


def buy(*, sku: str, units: int = 1) -> Purchase:
    """Take them, if they are there."""
    return Purchase(sku, units)


def went_out(before: Purchase | None, after: Purchase | None) -> Deltas:
    """What is bought is no longer available."""
    [sku] = {each.sku for each in (before, after) if each}
    return {STOCK.at(sku, "available"): (before.units if before else 0) - (after.units if after else 0)}


ARTICLE = Entity(
    "ARTICLE",
    Article,
    create=create,
    change={"edited": edit, "stocked": stock, "marked": mark},
    adds={stock},
    counts=came_in,
    code=lambda article: article.sku,
)
PURCHASE = Entity("PURCHASE", Purchase, create=buy, created="bought", change={}, counts=went_out)
