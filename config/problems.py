"""What each code of the API's problems means, taken from the refusals and errors themselves."""

from collections.abc import Iterator, Mapping
from http import HTTPStatus

from rest_framework.exceptions import APIException

from cqrs.domain import Refused
from face.problems import CODES

SERVER_ERROR = "server_error"


def meanings() -> Mapping[str, tuple[str, str]]:
    """Title and detail by code."""
    statuses = [*_statuses(), *CODES.values(), (500, SERVER_ERROR)]
    plain = {code: (_words(code), HTTPStatus(status).description) for status, code in statuses}
    return plain | {kind.code: (_words(kind.code), _first_line(kind)) for kind in _kinds(Refused)}


def _statuses() -> Iterator[tuple[int, str]]:
    for kind in _kinds(APIException):
        yield kind.status_code, str(kind.default_code)


def _kinds[E: Exception](kind: type[E]) -> Iterator[type[E]]:
    yield kind
    for narrower in kind.__subclasses__():
        yield from _kinds(narrower)


def _first_line(kind: type[Refused]) -> str:
    return (kind.__doc__ or "").strip().partition("\n")[0]


def _words(code: str) -> str:
    return code.replace("_", " ").capitalize()
