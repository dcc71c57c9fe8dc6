"""What is refused before any rule is asked."""

from collections.abc import Sequence
from typing import Any

from cqrs.domain import Refused


class Malformed(Refused):
    """This is not what the rule takes."""

    def __init__(self, errors: Sequence[dict[str, Any]]) -> None:
        """`errors` are `{"pointer", "code", "detail"}`, one per fault."""
        super().__init__(errors=errors)
        self.errors = errors


class InvalidParameter(Refused):
    """A query parameter is unknown, or its value is."""


class InvalidHeader(Refused):
    """A header is not of the form it takes."""


class VersionRequired(Refused):
    """Say which version this was decided on: `If-Match: "7"`, or `"version": 7` in the body."""


class KeyRequired(Refused):
    """This adds up: send an Idempotency-Key, so that a repeat is not counted twice."""

    code = "idempotency_key_required"


class Forbidden(Refused):
    """Your role or your scopes do not allow this."""


class StaffOnly(Forbidden):
    """Only the vendor's staff do this, whatever your role and your scopes are."""


class CursorExpired(Refused):
    """The journal does not reach so far: it was lost and begun anew. Read it again from its beginning, `after=0`."""


class TenantSuspended(Refused):
    """This workspace is suspended: it can be read, and not changed."""


class TenantHeld(Refused):
    """This workspace is being worked on: nobody can use it until that is done."""


class TooManyStreams(Refused):
    """All places for live streams are taken; poll, or try again in a moment."""


class BodyTooLarge(Refused):
    """The body of this request is too large."""

    code = "too_large"


class IncompleteBody(Refused):
    """The body of this request was cut off: nothing was changed."""


class LengthRequired(Refused):
    """Whether this body was cut off cannot be told: send it with a Content-Length."""


class UnsupportedCoding(Refused):
    """Bodies are taken as they are, in no coding."""


class UnsupportedForm(Refused):
    """A form is sent as application/x-www-form-urlencoded or multipart/form-data."""

    code = "unsupported_media_type"


class UnsupportedCharset(Refused):
    """The Content-Type cannot be read, or names a charset: bodies are in UTF-8."""

    code = "unsupported_media_type"
