"""From articles and purchases to their rows."""

from chaos.shop.domain import ARTICLE, PURCHASE, Article, Purchase
from chaos.shop.flaws import flawed
from chaos.shop.models import ArticleRow, PurchaseRow
from cqrs.projections import projects


@projects(ARTICLE, ArticleRow)
def article_row(article: Article) -> ArticleRow:
    row = ArticleRow(sku=article.sku, units=article.units, flaw=article.flaw)
    return flawed(row, article.flaw)


@projects(PURCHASE, PurchaseRow)
def purchase_row(purchase: Purchase) -> PurchaseRow:
    return PurchaseRow(sku=purchase.sku, units=purchase.units)
