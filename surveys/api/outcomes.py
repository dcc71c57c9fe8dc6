"""What a survey's responses say together, and what a draft would do to them."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet
from django.http import StreamingHttpResponse
from django.utils import timezone
from django_tenants.utils import schema_context
from pydantic import BaseModel, ConfigDict, Field
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from cqrs.domain import Json
from face import bodies
from face.commands import principal_of
from face.consistency import WAIT_MOST, wait_for, written
from face.kept import sent
from face.permissions import MayUse
from surveys.api.about import About
from surveys.domain import Content
from surveys.domain.survey import edit
from surveys.models import ResponseRow
from surveys.queries import contents, responses_to
from surveys.results import csv_file, figures, json_file, narrowed, one_by_one, running_tally, tally, what_if
from surveys.results.figures import newest

CHUNK = 1000
"""Responses of a CSV that are read at a time."""


class Draft(BaseModel):
    """A draft to try; what is left out is as the survey's own draft has it."""

    model_config = ConfigDict(extra="forbid")

    sections: tuple[Mapping[str, Json], ...] = Field((), max_length=100)
    items: tuple[Mapping[str, Json], ...] = Field((), max_length=700)


class Csv(BaseRenderer):
    """Lets a client ask for `text/csv`; what it carries besides the file itself is JSON."""

    media_type = "text/csv"
    format = "csv"
    charset = None
    render = bodies.Json.render


class MayRead(MayUse):
    """All of it shows answers, and nothing of it changes anything: whoever may read responses may ask."""

    changes = "read"


class Outcomes(About):
    """Reads the rows: what a writer has just sent is waited for, a little."""

    path = "responses"
    permission_classes = (MayRead,)
    renderer_classes = (bodies.Json, Csv)
    bodies: Mapping[str, type[BaseModel]] = {"what_if": Draft}

    def what_if(self, request: Request, name: str) -> Response:
        """What publishing a draft would do to the answers there are: per question how many are kept, coerced, lost or
        newly invalid, with samples. Changes nothing."""
        draft, survey, behind = sent(request, Draft), self.survey(request, name).state, self._wait(request)
        given: dict[str, Any] = {field: getattr(draft, field) for field in draft.model_fields_set}
        tried = edit(survey, **given) if given else survey
        rows = responses_to(survey.code)
        effects = what_if(rows, contents(survey.code), tried.content, now=timezone.now())
        told = [each.as_json() for each in effects]
        return Response({"responses": rows.count(), "questions": told}, headers=behind)

    def results(self, request: Request, name: str) -> Response:
        """Each question over all versions. `?number=&submitted_after=&submitted_before=` narrow it, and so do answers:
        `?answer.<question>=<value>&unanswered=<question>&not_asked=<question>`."""
        code, behind = self.survey(request, name).state.code, self._wait(request)
        versions = contents(code)
        (rows, _), apart = narrowed(code, request.query_params, versions), one_by_one(versions)
        counted = tally(rows, one_by_one=apart) if request.query_params else running_tally(code, one_by_one=apart)
        found = figures(versions, counted, now=timezone.now())
        by_version = {str(number): count for number, count in counted.responses.items()}
        told = {"survey": code, "responses": sum(by_version.values()), "versions": by_version}
        return Response(told | {"questions": [each.as_json() for each in found]}, headers=behind)

    def results_csv(self, request: Request, name: str) -> StreamingHttpResponse:
        """Every response as a line, the oldest first; no cell begins as a formula does. Narrowed as the results."""
        code, versions, rows, behind = self._rows(request, name)
        file = csv_file.lines(rows, list(newest(versions).values()))
        headers = behind | {"Content-Disposition": f'attachment; filename="{code}.csv"'}
        return StreamingHttpResponse(file, content_type="text/csv; charset=utf-8", headers=headers)

    def results_json(self, request: Request, name: str) -> StreamingHttpResponse:
        """Every response, the oldest first: a list of `{"response", "version", "submitted_at", "answers",
        "unanswered"}`. Narrowed as the results."""
        code, _, rows, behind = self._rows(request, name)
        headers = behind | {"Content-Disposition": f'attachment; filename="{code}.json"'}
        return StreamingHttpResponse(json_file.lines(rows), content_type="application/json", headers=headers)

    def _rows(
        self, request: Request, name: str
    ) -> tuple[str, Mapping[int, Content], Iterator[ResponseRow], dict[str, str]]:
        """The survey's code, its versions, the responses that are asked for, and the headers."""
        code, behind = self.survey(request, name).state.code, self._wait(request)
        versions = contents(code)
        rows, _ = narrowed(code, request.query_params, versions)
        return code, versions, _in_chunks(rows, connection.schema_name), behind  # type: ignore[attr-defined]  # django-tenants

    def _wait(self, request: Request) -> dict[str, str]:
        tenant = principal_of(request).tenant
        wanted = written(request.headers.get("Consistency-Token"), tenant=tenant)
        return {} if wait_for(wanted, tenant=tenant, most=WAIT_MOST) else {"Read-Model-Behind": "true"}


def _in_chunks(rows: QuerySet[ResponseRow], schema: str) -> Iterator[ResponseRow]:
    """The rows, each chunk read in the tenant's schema: a stream outlives the request's own."""
    found, ordered = list[ResponseRow](), rows.order_by("submitted_at", "id")
    while True:
        after = _after(found[-1]) if found else Q()
        with schema_context(schema):
            found = list(ordered.filter(after)[:CHUNK])
        yield from found
        if len(found) < CHUNK:
            return


def _after(row: ResponseRow) -> Q:
    return Q(submitted_at=row.submitted_at, id__gt=row.id) | Q(submitted_at__gt=row.submitted_at)
