"""The page of a list that an address asks for."""

from django.http import HttpRequest

from cqrs.models import Row
from face.listing import Listing
from face.pages import Page


def listed[R: Row](request: HttpRequest, listing: Listing[R]) -> Page[R]:
    """A page of the rows; an empty field of the filters' form asks for nothing. InvalidParameter."""
    given = request.GET.copy()
    for name in [name for name, value in given.items() if not value]:
        del given[name]
    return listing.page(given, tenant=request.principal.tenant)  # type: ignore[attr-defined]  # set by bind_session
