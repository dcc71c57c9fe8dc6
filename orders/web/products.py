"""The pages of products: what is sold, at which price, and how many of it there are."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from cqrs.domain import Refused, Version
from cqrs.writer import Answer
from face.forms import refused_at, status_of
from face.screens import Screens, show
from face.web import log_of
from orders.domain import UNITS
from orders.queries import NUMBERS, SHELVES, categories, newest_currency

CURRENCY = "EUR"
"""What a price is proposed in where there is no product yet."""

IMAGES = 3
"""Addresses of images that a form has room for, beside those there are."""


class Products(Screens[Any]):
    """Products, made on a page of their own, listed with the numbers of their stock."""

    def list(self, request: HttpRequest, /, *, status: int = 200, **context: Any) -> HttpResponse:
        return super().list(request, status=status, **context | {"categories": categories()})

    def new(self, request: HttpRequest, refused: Refused | None = None) -> HttpResponse:
        form = self.form(request)
        form.setdefault("price.currency", newest_currency() or CURRENCY)
        errors = refused_at(refused) if refused else {}
        shown = {"typed": form, "errors": errors, "categories": categories(), "images": _images(form.dict())}
        return show(request, "products/new.html", shown, part="none", status=status_of(refused))

    def made(self, request: HttpRequest, answer: Answer[Any]) -> HttpResponse:
        return redirect("product", answer.version.code)

    def about(self, request: HttpRequest, version: Version[Any]) -> dict[str, Any]:
        tally = log_of(request).counter(UNITS, version.code)
        return {"numbers": [(number, tally.get(number, 0)) for number in NUMBERS]}

    def editing(self, request: HttpRequest, shown: Mapping[str, Any], refused: Refused | None) -> dict[str, Any]:
        return {"images": _images(shown["typed"]), "categories": categories()}


def _images(typed: Mapping[str, object]) -> list[tuple[str, str]]:
    """The fields of images and what is in them, with some to spare."""
    there = [str(text) for name, text in typed.items() if name.startswith("images.") and text]
    return [(f"images.{number}", text) for number, text in enumerate([*there, *[""] * IMAGES])]


PAGES = Products(SHELVES, one="product")
