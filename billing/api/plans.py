"""The catalogue, as every tenant sees it."""

from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ViewSet

from billing.domain import Cycle
from billing.plans.catalogue import limits_shown, published, terms
from billing.plans.models import PlanVersion
from billing.shown import money
from cqrs.domain import NotFound
from face.permissions import MayUse


class Plans(ViewSet):
    """What is published: a few, so all of them at once."""

    path = "plans"
    permission_classes = (MayUse,)

    def list(self, request: Request) -> Response:
        """In the catalogue's order."""
        return Response({"results": [shown(row) for row in published()], "next": None, "previous": None})

    def retrieve(self, request: Request, code: str) -> Response:
        """One of them. NotFound."""
        found = published().filter(code=code).first()
        if found is None:
            raise NotFound
        return Response(shown(found))


def shown(row: PlanVersion) -> dict[str, Any]:
    """A plan as clients see it; of its limits null is without limit, and 0 is none."""
    plan = terms(row)
    return {
        "code": plan.code,
        "version": plan.version,
        "name": plan.name,
        "description": row.description,
        "prices": {cycle.value: money(plan.price(cycle), plan.currency) for cycle in Cycle},
        "tax_percent": str(plan.tax_percent),
        "features": list(plan.features),
        **limits_shown(plan),
        "published_at": row.published_at,
    }
