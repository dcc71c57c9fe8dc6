"""What can be asked of the shop."""

from chaos.shop.domain import ARTICLE, PURCHASE
from chaos.shop.models import ArticleRow, PurchaseRow
from face.filters import RowFilter
from face.listing import Listing

ARTICLES = Listing(ARTICLE, "articles", ArticleRow._default_manager.all, RowFilter)
PURCHASES = Listing(PURCHASE, "purchases", PurchaseRow._default_manager.all, RowFilter)
