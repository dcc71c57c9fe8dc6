"""Who may use a resource."""

from typing import ClassVar

from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request
from rest_framework.views import APIView

from face.commands import principal_of
from face.standing import check_standing


class MayUse(BasePermission):
    """Reading takes `<path>:read`, all else `<path>:write` and a tenant that is active; anonymous may nothing."""

    reads: ClassVar[str] = "read"
    changes: ClassVar[str] = "write"

    def has_permission(self, request: Request, view: APIView) -> bool:
        verb = self.reads if request.method in SAFE_METHODS else self.changes
        path: str = view.path  # type: ignore[attr-defined]  # every resource says its path
        may = request.auth is not None and principal_of(request).may(f"{path}:{verb}")
        if may and request.method not in SAFE_METHODS:
            check_standing(principal_of(request).tenant)
        return may


class MayManage(MayUse):
    """Changing takes `<path>:manage`, which owners and admins have."""

    changes = "manage"


class OnlyManage(MayManage):
    """So does looking: it is about people's addresses, or keys."""

    reads = "manage"


class OfTenant(BasePermission):
    """Whoever belongs to the tenant, whatever they may there; anonymous is asked who they are."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        return request.auth is not None
