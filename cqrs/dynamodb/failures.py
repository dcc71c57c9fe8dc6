"""What an error says: its row in the table of errors, or what stands for one that is not listed."""

from collections.abc import Iterator
from http import HTTPStatus
from ssl import SSLCertVerificationError

from botocore.exceptions import ClientError

from cqrs.dynamodb.errors import (
    CANCELLED,
    CERTIFICATE,
    CLOCK,
    CODES,
    DEFECT,
    EXCEPTIONS,
    SILENCE,
    STRANGER,
    Failure,
    Kind,
)

_GRAVITY = (Kind.DECIDED, Kind.AWAY, Kind.UNKNOWN, Kind.UNDONE)
"""Of several reasons, the first of these kinds speaks. All of them say that nothing happened."""


def failure_of(error: Exception) -> Failure:
    """The row of the table that is about this error, one of FAILURES."""
    if isinstance(error, ClientError):
        return _answered(error)
    if any(isinstance(each, SSLCertVerificationError) for each in _chain(error)):
        return Failure("CertificateError", Kind.AWAY, CERTIFICATE)
    kind, cure = next(EXCEPTIONS[each] for each in type(error).__mro__ if each in EXCEPTIONS)
    return Failure(type(error).__name__, kind, cure)


def failure_of_status(status: int) -> Failure:
    """What an answer without a code that is listed says, by its status alone."""
    name = str(status)
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return Failure(name, Kind.UNDONE)
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR or status == HTTPStatus.REQUEST_TIMEOUT:
        return Failure(name, Kind.UNKNOWN, SILENCE)
    return Failure(name, Kind.AWAY, STRANGER)


def _answered(error: ClientError) -> Failure:
    code, message = error.response["Error"]["Code"], error.response["Error"].get("Message", "")
    if code == CANCELLED:
        return _cancelled(error)
    if code == "InvalidSignatureException" and ("Signature expired" in message or "not yet current" in message):
        return Failure(code, Kind.AWAY, CLOCK)
    return CODES.get(code) or failure_of_status(error.response["ResponseMetadata"]["HTTPStatusCode"])


def _cancelled(error: ClientError) -> Failure:
    """Cancelled is cancelled, whatever the reason: where it is one that passes, the same may succeed in a moment."""
    codes = {reason.get("Code") or "None" for reason in error.response.get("CancellationReasons") or []} - {"None"}
    rows = [CODES.get(code) or Failure(code, Kind.AWAY, DEFECT) for code in codes]
    found = min(rows, key=lambda row: _GRAVITY.index(row.kind), default=Failure("None", Kind.UNDONE))
    kind = Kind.UNDONE if found.kind is Kind.UNKNOWN else found.kind
    return Failure(CANCELLED if kind is Kind.DECIDED else f"{CANCELLED}/{found.name}", kind, found.cure)


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """The error and what it came of. urllib3 hands its cause on as an argument."""
    while error is not None:
        yield error
        yield from (each for each in error.args if isinstance(each, BaseException))
        error = error.__cause__ or error.__context__
