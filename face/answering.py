"""How the API answers, whichever view does: a page of a list, what a write has been, and whether a read is behind."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.db import InterfaceError, OperationalError
from django.http import QueryDict
from rest_framework.request import Request
from rest_framework.response import Response

from cqrs.domain import Version
from face.commands import prefers_wait, principal_of
from face.consistency import WAIT_MOST, token, wait_for, written
from face.listing import Listing
from face.rows import serializer_of


def listed(request: Request, listing: Listing[Any], given: QueryDict) -> Response:
    """A page of what these parameters ask for, with links to those after and before."""
    headers = behind(request)
    found = listing.page(given, tenant=principal_of(request).tenant)
    links = {"next": _link(request, found.next), "previous": _link(request, found.previous)}
    rows = serializer_of(listing)(found.rows, many=True)
    return Response({"results": rows.data} | links, headers=headers)


def behind(request: Request) -> dict[str, str]:
    """Wait for what this client has written; the header that says so where it is not shown in time."""
    tenant = principal_of(request).tenant
    wanted = written(request.headers.get("Consistency-Token"), tenant=tenant)
    return {} if wait_for(wanted, tenant=tenant, most=WAIT_MOST) else {"Read-Model-Behind": "true"}


def wrote(request: Request, version: Version[Any]) -> dict[str, str]:
    """The headers of a write: its token, and that its rows are there, where the client preferred to wait for them."""
    headers = {"Consistency-Token": token(version)}
    wait, wanted = prefers_wait(request), {version.id: version.version}
    if wait and _is_visible(wanted, tenant=version.tenant_code, within=timedelta(seconds=wait)):
        headers["Preference-Applied"] = f"wait={wait}"
    return headers


def _is_visible(wanted: Mapping[str, int], *, tenant: str, within: timedelta) -> bool:
    """Whether rows came in time. Where Postgres is away they did not: the command has happened all the same."""
    try:
        return wait_for(wanted, tenant=tenant, most=within)
    except (OperationalError, InterfaceError):
        return False


def _link(request: Request, cursor: str | None) -> str | None:
    if cursor is None:
        return None
    query = request.query_params.copy()
    query["cursor"] = cursor
    return request.build_absolute_uri(f"{request.path}?{query.urlencode()}")
