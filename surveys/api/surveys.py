"""`surveys/`: the resource itself, by the conventions of every resource."""

from typing import Any

from cqrs.domain import Version
from cqrs.models import Row
from face.commands import log_of, principal_of
from face.resource import Resource
from surveys.domain import RESPONSES
from surveys.domain.form import TAKEN


class Surveys(Resource):
    """Surveys: a draft, and how it is answered."""

    def _row(self, version: Version[Any]) -> Row:
        """How many responses there are is the counter's word: as strong as the state itself."""
        row = super()._row(version)
        tally = log_of(principal_of(self.request)).counter(RESPONSES, version.code)
        row.responses = tally.get(TAKEN, 0)  # type: ignore[attr-defined]  # as the list annotates it
        return row
