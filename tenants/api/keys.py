"""`api-keys/`: make (its text is shown once), look, rotate, revoke."""

from datetime import timedelta

from django.db.models import QuerySet
from pydantic import Field
from rest_framework.request import Request
from rest_framework.response import Response

from face.instants import Instant
from face.kept import Kept, Made, sent
from face.permissions import OnlyManage
from tenants import keyring
from tenants.api.asked import one_of, principal_of, tenant_of
from tenants.api.bodies import Body, Line, Nothing
from tenants.keys import OVERLAP, OVERLAP_MOST
from tenants.models import ApiKey

SECONDS, SECONDS_MOST = int(OVERLAP.total_seconds()), int(OVERLAP_MOST.total_seconds())


class NewKey(Body):
    """A key to be. `expires_at` null: never."""

    name: Line
    scopes: list[str] = Field(min_length=1, max_length=100)
    expires_at: Instant | None = None


class Rotation(Body):
    """How a key is replaced: for how long the old one stays good, and when the new one ends; else as the old one."""

    overlap_seconds: int = Field(SECONDS, ge=0, le=SECONDS_MOST)
    expires_at: Instant | None = None


class Keys(Kept):
    """The keys of a tenant."""

    path = "api-keys"
    permission_classes = (OnlyManage,)

    def list(self, request: Request) -> Response:
        """All there ever were, the newest first."""
        return self.listed(request, _keys(request), keyring.shown)

    def retrieve(self, request: Request, prefix: str) -> Response:
        """One, by its prefix."""
        return Response(keyring.shown(one_of(_keys(request), prefix=prefix)))

    def create(self, request: Request) -> Response:
        """A new key; the answer's `key` is its text, which is not shown again."""
        new = sent(request, NewKey)

        def change() -> Made:
            return keyring.made(
                principal_of(request),
                tenant_of(request),
                name=new.name,
                wanted=new.scopes,
                expires_at=new.expires_at,
            )

        return self.keep(request, change, action="api_key.created", status=201, is_secret=True)

    def rotate(self, request: Request, prefix: str) -> Response:
        """A key in the place of this one, which stays good for a while; the answer's `key` is its text."""
        asked = sent(request, Rotation)

        def change() -> Made:
            return keyring.rotated(
                principal_of(request),
                tenant_of(request),
                prefix,
                overlap=timedelta(seconds=asked.overlap_seconds),
                expires_at=asked.expires_at,
            )

        return self.keep(request, change, action="api_key.rotated", status=201, is_secret=True)

    def destroy(self, request: Request, prefix: str) -> Response:
        """Revoke it, at once and for good."""
        sent(request, Nothing)
        return self.keep(
            request, lambda: keyring.revoked(tenant_of(request), prefix), action="api_key.revoked", status=204
        )


def _keys(request: Request) -> QuerySet[ApiKey]:
    return ApiKey.objects.filter(tenant=tenant_of(request)).select_related("replaced_by")
