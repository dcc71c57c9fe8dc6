"""`webhooks/`: where a tenant's events go, what was delivered, and what is to be delivered again."""

from datetime import timedelta
from typing import Any, Literal

from django.db.models import QuerySet
from django.urls import path
from pydantic import Field
from rest_framework.request import Request
from rest_framework.response import Response

from cqrs.domain import NotFound
from face.kept import Kept, sent
from face.permissions import OnlyManage
from tenants.api.asked import principal_of, tenant_of
from tenants.api.bodies import Body, Nothing
from webhooks import endpoints
from webhooks.endpoints import OVERLAP
from webhooks.events import tested
from webhooks.models import Delivery, Endpoint
from webhooks.targets import URL_MOST, check_target

SECONDS = int(OVERLAP.total_seconds())


class NewEndpoint(Body):
    """An endpoint to be. `events` are types, such as `order.placed`, `order.*`; `*` is everything."""

    url: str = Field(min_length=1, max_length=URL_MOST)
    events: list[str] = Field(["*"], min_length=1, max_length=100)
    description: str = Field("", max_length=500)


class Edit(Body):
    """What is to change of an endpoint."""

    url: str = Field("", min_length=1, max_length=URL_MOST)
    events: list[str] = Field([], min_length=1, max_length=100)
    description: str = Field("", max_length=500)
    is_active: Literal[True, False] = True


class Rotation(Body):
    """For how long messages are signed with the old secret, too."""

    overlap_seconds: int = Field(SECONDS, ge=0, le=7 * SECONDS)


class Replay(Body):
    """After which position of the journal everything is posted again."""

    after: int = Field(ge=0, lt=2**63)


class Webhooks(Kept):
    """The endpoints of a tenant."""

    path = "webhooks"
    permission_classes = (OnlyManage,)

    def list(self, request: Request) -> Response:
        """All of them, the newest first."""
        return self.listed(request, Endpoint.objects.filter(tenant=tenant_of(request)), endpoints.shown)

    def create(self, request: Request) -> Response:
        """A new one; the answer's `secret` is what its messages are signed with, and is not shown again."""
        new, by = sent(request, NewEndpoint), principal_of(request).actor.id
        check_target(new.url)
        return self.keep(
            request,
            lambda: endpoints.made(tenant_of(request), **new.model_dump(), by=by),
            action="webhook.created",
            status=201,
            is_secret=True,
        )

    def retrieve(self, request: Request, id: str) -> Response:
        """One."""
        return Response(endpoints.shown(endpoints.found(tenant_of(request), id)))

    def partial_update(self, request: Request, id: str) -> Response:
        """Change what is given."""
        changes = sent(request, Edit).model_dump(exclude_unset=True)
        if "url" in changes:
            check_target(changes["url"])
        return self.keep(request, lambda: endpoints.edited(tenant_of(request), id, changes), action="webhook.edited")

    def destroy(self, request: Request, id: str) -> Response:
        """No more."""
        sent(request, Nothing)
        return self.keep(
            request, lambda: endpoints.removed(tenant_of(request), id), action="webhook.removed", status=204
        )

    def rotate(self, request: Request, id: str) -> Response:
        """Another secret, in the answer's `secret`."""
        overlap = timedelta(seconds=sent(request, Rotation).overlap_seconds)
        return self.keep(
            request,
            lambda: endpoints.rotated(tenant_of(request), id, overlap=overlap),
            action="webhook.rotated",
            is_secret=True,
        )

    def replay(self, request: Request, id: str) -> Response:
        """Post again what happened after a position."""
        after = sent(request, Replay).after
        return self.keep(
            request, lambda: endpoints.replayed(tenant_of(request), id, after=after), action="webhook.replayed"
        )

    def test(self, request: Request, id: str) -> Response:
        """Post a test event."""
        sent(request, Nothing)
        return self.keep(request, lambda: tested(tenant_of(request), id), action="webhook.tested")

    def deliveries(self, request: Request, id: str) -> Response:
        """What was and what is to be delivered, the newest first."""
        return self.listed(request, _deliveries(request, id), endpoints.delivery_shown)

    def resend(self, request: Request, id: str, delivery: str) -> Response:
        """Post one again."""
        sent(request, Nothing)
        if not (delivery.isascii() and delivery.isdigit() and len(delivery) < 19):
            raise NotFound
        return self.keep(
            request,
            lambda: endpoints.resent(tenant_of(request), id, int(delivery)),
            action="webhook.resent",
        )


def _deliveries(request: Request, id: str) -> QuerySet[Delivery]:
    return Delivery.objects.filter(endpoint=endpoints.found(tenant_of(request), id))


def _one(route: str, name: str, **actions: str) -> Any:
    return path(f"webhooks/<str:id>/{route}", Webhooks.as_view({**actions}), name=f"api-webhooks-{name}")


urlpatterns = [
    path("webhooks/", Webhooks.as_view({"get": "list", "post": "create"}), name="api-webhooks"),
    _one("", "one", get="retrieve", patch="partial_update", delete="destroy"),
    _one("rotate/", "rotate", post="rotate"),
    _one("replay/", "replay", post="replay"),
    _one("test/", "test", post="test"),
    _one("deliveries/", "deliveries", get="deliveries"),
    _one("deliveries/<str:delivery>/resend/", "resend", post="resend"),
]
