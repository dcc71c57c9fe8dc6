"""`surveys/{id}/responses/`: answers to the version that is asked now."""

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict, Field
from rest_framework.request import Request
from rest_framework.response import Response

from cqrs.domain import Json, NotFound, Version
from cqrs.models import Row
from cqrs.projections import projection_of
from face.answering import listed, wrote
from face.bodies import body_of
from face.commands import once, principal_of
from face.ids import public_id, sk_of
from face.kept import sent
from face.listing import Listing
from face.rows import serializer_of
from surveys.api.about import About
from surveys.domain import RESPONSE
from surveys.submitting import submit


class NewResponse(BaseModel):
    """Answers by question id, and the number of the published version they answer."""

    model_config = ConfigDict(extra="forbid")

    answers: dict[str, Json] = Field(max_length=1000)
    version: int = Field(ge=1, strict=True)


class Responses(About):
    """The responses to one survey. Reading them is `responses:read`, sending one `responses:write`."""

    path = "responses"
    listing: Listing[Any] = None  # type: ignore[assignment]  # the route gives it; as_view wants the name to exist
    bodies: Mapping[str, type[BaseModel]] = {"submit": NewResponse}

    def submit(self, request: Request, name: str) -> Response:
        """One response. `errors` point to the answers that are not taken, by question: `/answers/q1`."""
        code, new, principal = self._code(request, name), sent(request, NewResponse), principal_of(request)
        answer = submit(
            request._request,
            principal.actor,
            new.answers,
            tenant=principal.tenant,
            survey=code,
            number=new.version,
            source="api",
            once=once(request, body_of(request), status=201),
        )
        headers = self._headers(request, answer.version, code) | (
            {"Idempotent-Replayed": "true"} if answer.replayed else {}
        )
        return Response(self._shown(answer.version), status=201, headers=headers)

    def listed(self, request: Request, name: str) -> Response:
        """The responses, filtered, a page at a time."""
        given = request.query_params.copy()
        given["survey"] = self._code(request, name)
        return listed(request, self.listing, given)

    def one(self, request: Request, name: str, id: str) -> Response:
        """One response, from the log."""
        log = self.log(request)
        version = log.get(RESPONSE, sk_of(log, RESPONSE, id))
        if version.state.survey != self._code(request, name):
            raise NotFound
        return Response(self._shown(version), headers={"ETag": f'"{version.version}"'})

    def _code(self, request: Request, name: str) -> str:
        return self.survey(request, name).state.code

    def _shown(self, version: Version[Any]) -> Any:
        row: Row | None = projection_of(RESPONSE.type).shown(version)
        return serializer_of(self.listing)(row).data

    def _headers(self, request: Request, version: Version[Any], code: str) -> dict[str, str]:
        path = f"/api/v1/surveys/{code}/responses/{public_id(version.id)}/"
        location = {"Location": request.build_absolute_uri(path), "ETag": f'"{version.version}"'}
        return wrote(request, version) | location
