"""The shop's REST resources."""

from chaos.shop.queries import ARTICLES, PURCHASES
from face.resource import urls

urlpatterns = [*urls(ARTICLES), *urls(PURCHASES)]
