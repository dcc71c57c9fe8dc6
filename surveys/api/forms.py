"""What a survey asks: its published versions, the schema of their answers, and what is wrong with the draft."""

from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from cqrs.domain import NotFound, Version
from surveys.api.about import About
from surveys.domain import FORM, Form, form_code, lint
from surveys.domain.schema import schema_of
from surveys.domain.writing import written

NUMBER_MOST = 9
"""Digits of a version's number."""


class Forms(About):
    """Reads the log: a version that was published a moment ago is there."""

    def lint(self, request: Request, name: str) -> Response:
        """What keeps the draft from being published: each with a pointer to it and a sentence about it."""
        findings = lint(self.survey(request, name).state.content)
        told = [{"pointer": each.pointer, "code": each.code, "detail": each.detail} for each in findings]
        return Response({"can_publish": not findings, "findings": told})

    def versions(self, request: Request, name: str) -> Response:
        """The published versions, the newest first."""
        survey = self.survey(request, name).state
        numbers = range(survey.number, 0, -1)
        found = [self._form(request, survey.code, str(number)) for number in numbers]
        return Response({"results": [_told(each) for each in found], "next": None, "previous": None})

    def version(self, request: Request, name: str, number: str) -> Response:
        """One published version, as it was published."""
        return Response(_told(self._form(request, self.survey(request, name).state.code, number)))

    def answer_schema(self, request: Request, name: str, number: str) -> Response:
        """The JSON Schema (2020-12) of the answers to a version. What is hidden, and what is required only sometimes,
        is for the form's logic to say."""
        form = self._form(request, self.survey(request, name).state.code, number).state
        address = request.build_absolute_uri(request.path)
        return Response(schema_of(form.content, id=address), content_type="application/schema+json")

    def _form(self, request: Request, survey: str, number: str) -> Version[Form]:
        if not (number.isascii() and number.isdigit() and len(number) <= NUMBER_MOST):
            raise NotFound
        return self.log(request).get(FORM, FORM.sk_of(form_code(survey, int(number))))


def _told(version: Version[Form]) -> dict[str, Any]:
    form = version.state
    return {
        "survey": form.survey,
        "number": form.number,
        "title": form.title,
        "description": form.description,
        "sections": [written(each) for each in form.sections],
        "settings": written(form.settings),
        "published_at": version.created_at,
        "published_by": version.created_by,
    }
