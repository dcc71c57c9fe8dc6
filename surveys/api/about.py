"""What the views about one survey share: which one it is, and how they are described."""

from typing import Any

from drf_spectacular.openapi import AutoSchema
from rest_framework.request import Request
from rest_framework.viewsets import ViewSet

from cqrs.domain import Version
from cqrs.log import Log
from face.commands import log_of, principal_of
from face.ids import sk_of
from face.permissions import MayUse
from face.schema import PROBLEM, inlined
from surveys.domain import SURVEY, Survey


class AboutSchema(AutoSchema):
    """Describes a view by its own words; what it answers is an object."""

    view: Any

    def get_operation_id(self) -> str:
        return f"{self.view.path}_{self.view.action}"

    def get_tags(self) -> list[str]:
        return ["surveys"]

    def get_description(self) -> str:  # type: ignore[override]  # as drf-spectacular has it
        return getattr(self.view, self.view.action).__doc__ or ""

    def get_request_serializer(self) -> Any:
        body = getattr(self.view, "bodies", {}).get(self.view.action)
        return {"application/json": inlined(body)} if body else None

    def get_response_serializers(self) -> Any:
        status = "201" if self.view.action == "submit" else "200"
        return {status: {"type": "object"}, "default": {"application/problem+json": PROBLEM}}

    def _is_list_view(self, serializer: Any = None) -> bool:
        return False


class About(ViewSet):
    """Views about the survey that the path names."""

    path = "surveys"
    schema = AboutSchema()
    permission_classes = (MayUse,)

    def log(self, request: Request) -> Log:
        """The log of whoever asks."""
        return log_of(principal_of(request))

    def survey(self, request: Request, name: str) -> Version[Survey]:
        """The survey, from the log. NotFound."""
        log = self.log(request)
        return log.get(SURVEY, sk_of(log, SURVEY, name))
