"""What can be asked of the shop."""

from chaos.shop.domain import ARTICLE, PURCHASE
from chaos.shop.models import ArticleRow, PurchaseRow
from face.filters import RowFilter
from face.listing import Listing

ARTICLES = Listing(ARTICLE, "articles", ArticleRow.objects.all, RowFilter)
PURCHASES = Listing(PURCHASE, "purchases", PurchaseRow.objects.all, RowFilter)
