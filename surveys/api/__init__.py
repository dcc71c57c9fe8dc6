"""Surveys, their versions, their results and the responses to them as REST resources."""

from django.urls import path

from face.resource import urls
from surveys.api.forms import Forms
from surveys.api.outcomes import Outcomes
from surveys.api.responses import Responses
from surveys.api.surveys import Surveys
from surveys.queries import RESPONSE_LIST, SURVEYS

urlpatterns = [
    *urls(SURVEYS, view=Surveys),
    path("surveys/<str:name>/lint/", Forms.as_view({"get": "lint"}), name="api-surveys-lint"),
    path("surveys/<str:name>/versions/", Forms.as_view({"get": "versions"}), name="api-surveys-versions"),
    path("surveys/<str:name>/versions/<str:number>/", Forms.as_view({"get": "version"}), name="api-surveys-version"),
    path(
        "surveys/<str:name>/versions/<str:number>/schema/",
        Forms.as_view({"get": "answer_schema"}),
        name="api-surveys-schema",
    ),
    path("surveys/<str:name>/what-if/", Outcomes.as_view({"post": "what_if"}), name="api-surveys-what-if"),
    path("surveys/<str:name>/results/", Outcomes.as_view({"get": "results"}), name="api-surveys-results"),
    path("surveys/<str:name>/results.csv", Outcomes.as_view({"get": "results_csv"}), name="api-surveys-csv"),
    path("surveys/<str:name>/results.json", Outcomes.as_view({"get": "results_json"}), name="api-surveys-json"),
    path(
        "surveys/<str:name>/responses/",
        Responses.as_view({"get": "listed", "post": "submit"}, listing=RESPONSE_LIST),
        name="api-responses",
    ),
    path(
        "surveys/<str:name>/responses/<str:id>/",
        Responses.as_view({"get": "one"}, listing=RESPONSE_LIST),
        name="api-responses-one",
    ),
]
