"""The page of tax rates, among the settings: what is added to prices, by country and category."""

from typing import Any

from django.http import HttpRequest, HttpResponse

from face.countries import countries
from face.screens import Screens
from orders.domain.tax import DEFAULT
from orders.queries import TAX_RATES, categories


class TaxRates(Screens[Any]):
    """Tax rates, made by the form on their list."""

    def list(self, request: HttpRequest, /, *, status: int = 200, **context: Any) -> HttpResponse:
        shown = {"countries": countries(), "categories": categories(), "default": DEFAULT}
        return super().list(request, status=status, **context | shown)


PAGES = TaxRates(TAX_RATES, one="tax_rate")
