"""From the states of surveys, versions and responses to their rows."""

from cqrs.projections import projects
from surveys.domain import FORM, RESPONSE, SURVEY, Form, Response, Survey
from surveys.domain.writing import written
from surveys.models import FormRow, ResponseRow, SurveyRow


@projects(SURVEY, SurveyRow)
def survey_row(survey: Survey) -> SurveyRow:
    return SurveyRow(
        title=survey.title,
        description=survey.description,
        sections=[written(each) for each in survey.sections],
        settings=written(survey.settings),
        status=survey.status,
        number=survey.number,
        is_changed=survey.is_changed,
        token=survey.token,
    )


@projects(FORM, FormRow)
def form_row(form: Form) -> FormRow:
    return FormRow(
        survey=form.survey,
        number=form.number,
        title=form.title,
        description=form.description,
        sections=[written(each) for each in form.sections],
        settings=written(form.settings),
    )


@projects(RESPONSE, ResponseRow)
def response_row(response: Response) -> ResponseRow:
    return ResponseRow(
        survey=response.survey,
        number=response.number,
        answers=dict(response.answers),
        unanswered=list(response.unanswered),
        submitted_at=response.submitted_at,
        respondent=response.respondent,
    )
