"""What can be asked of this tenant's surveys."""

from collections.abc import Mapping

import django_filters as filters
from django.db.models import BigIntegerField, OuterRef, QuerySet, Subquery, TextField, Value
from django.db.models.functions import Coalesce, Concat
from django.http import QueryDict

from cqrs.models import Total
from face.filters import RowFilter
from face.listing import Listing
from face.refusals import InvalidParameter
from surveys.domain import RESPONSE, RESPONSES, SURVEY, Content, Status
from surveys.domain.form import TAKEN
from surveys.domain.reading import read_sections, read_settings
from surveys.models import FormRow, ResponseRow, SurveyRow


def surveys() -> QuerySet[SurveyRow]:
    """The surveys of the tenant whose schema is current, each with how many responses it has."""
    id = Concat(Value(f"{RESPONSES.kind}#"), OuterRef("code"), Value(f"#{TAKEN}"), output_field=TextField())
    total = Subquery(Total.objects.filter(id=id).values("total"), output_field=BigIntegerField())
    return SurveyRow.objects.annotate(responses=Coalesce(total, Value(0)))


def survey_with_token(token: str) -> SurveyRow | None:
    """The survey that a public page is of; None also for one that was removed or never published."""
    return SurveyRow.objects.filter(token=token, is_deleted=False, number__gt=0).first()


def forms(survey: str) -> QuerySet[FormRow]:
    """The published versions of a survey, the newest first."""
    return FormRow.objects.filter(survey=survey).order_by("-number")


def responses() -> QuerySet[ResponseRow]:
    """The responses to all surveys."""
    return ResponseRow.objects.all()


def responses_to(survey: str) -> QuerySet[ResponseRow]:
    """The responses to one survey that are there, whichever version they answer."""
    return ResponseRow.objects.filter(survey=survey, is_deleted=False)


def content_of(row: FormRow | SurveyRow) -> Content:
    """What a row shows, as the domain has it."""
    return Content(row.title, row.description, read_sections(row.sections), read_settings(row.settings))


def contents(survey: str) -> Mapping[int, Content]:
    """Each published version, by its number, the oldest first."""
    return {row.number: content_of(row) for row in reversed(forms(survey))}


class SurveyFilter(RowFilter):
    """`?status=&q=`."""

    status = filters.MultipleChoiceFilter(choices=[(each, each) for each in Status])


class ResponseFilter(RowFilter):
    """`?survey=&number=&submitted_after=&submitted_before=`."""

    survey = filters.CharFilter("survey")
    number = filters.NumberFilter("number")
    submitted_after = filters.IsoDateTimeFilter("submitted_at", lookup_expr="gte")
    submitted_before = filters.IsoDateTimeFilter("submitted_at", lookup_expr="lt")


SURVEYS = Listing(
    SURVEY, "surveys", surveys, SurveyFilter, ("created_at", "updated_at", "name"), also=("responses",)
)  # fmt: skip
RESPONSE_LIST = Listing(
    RESPONSE, "responses", responses, ResponseFilter, ("submitted_at",), ordering="-submitted_at"
)  # fmt: skip


def filtered(survey: str, given: QueryDict) -> QuerySet[ResponseRow]:
    """The responses to a survey that a query asks for: `?number=&submitted_after=&submitted_before=`.
    InvalidParameter."""
    known = {"number", "submitted_after", "submitted_before"}
    wrong = [
        {"pointer": f"?{name}", "code": "unknown_parameter", "detail": "There is no such parameter."}
        for name in sorted(given.keys() - known)
    ]
    found = ResponseFilter(given, queryset=responses_to(survey))
    if not found.is_valid():
        told = found.errors.get_json_data().items()
        wrong += [{"pointer": f"?{name}", "code": each[0]["code"], "detail": each[0]["message"]} for name, each in told]
    if wrong:
        raise InvalidParameter(errors=wrong)
    rows: QuerySet[ResponseRow] = found.qs
    return rows
