"""Bodies of requests, read to their end before Django sees them.

Django takes a body without a Content-Length for none, and one that ends early for whole; and Granian's stream does not
say whether it was cut off. So each is read here, within a size, by the request's own thread: Granian deadlocks where
another one still reads when the answer is given. What came then stands in the environment with its length, and why it
was not taken, where that is so: `config.body_checks` answers that, once it is known who is asked.
"""

from collections.abc import Callable, Iterable
from io import BytesIO
from typing import Any

from django.conf import settings
from django.utils.http import parse_header_parameters

from cqrs.domain import Refused
from face.json_documents import UTF8
from face.refusals import BodyTooLarge, IncompleteBody, LengthRequired, UnsupportedCharset

type Environ = dict[str, Any]
type Application = Callable[[Environ, Any], Iterable[bytes]]

REFUSED = "tenfold.body_refused"
"""Where the environment says why a body was not taken."""

MAX_DISCARDED = 16 * 1024 * 1024
"""Bytes of a body that is too large which are read all the same: who still sends does not hear the answer."""

PIECE = 64 * 1024
"""Bytes read at once. Granian's `read()` without a size would lose what an earlier one with a size has left over."""

WITHOUT_BODY = ("GET", "HEAD", "OPTIONS", "TRACE")
"""Methods whose content means nothing (RFC 9110, 9.3): it is left where it is."""


def with_whole_bodies(application: Application) -> Application:
    """The application, given each body whole and with its length."""

    def whole(environ: Environ, start_response: Any) -> Iterable[bytes]:
        _check_type(environ)
        if environ["REQUEST_METHOD"] not in WITHOUT_BODY and _has_body(environ):
            _receive(environ)
        return application(environ, start_response)

    return whole


def _check_type(environ: Environ) -> None:
    """Django fails over a Content-Type that it cannot parse before it can answer, and believes any charset, also for
    the query: such a header is taken away, and refused where it tells of a body."""
    try:
        kind, parameters = parse_header_parameters(environ.get("CONTENT_TYPE", ""))
    except ValueError:
        kind, parameters = "", {"charset": "?"}
    if str(parameters.get("charset", "utf-8")).lower() not in UTF8:
        environ["CONTENT_TYPE"], environ[REFUSED] = kind, UnsupportedCharset()


def _has_body(environ: Environ) -> bool:
    """Whether one may come. By HTTP/2 nothing says that there is none but a length of 0."""
    if length := environ.get("CONTENT_LENGTH"):
        return int(length) > 0
    return "HTTP_TRANSFER_ENCODING" in environ or not _is_http1(environ)


def _receive(environ: Environ) -> None:
    try:
        body = _read_body(environ)
    except Refused as refused:
        body = b""
        environ.setdefault(REFUSED, refused)
    environ["wsgi.input"], environ["CONTENT_LENGTH"] = BytesIO(body), str(len(body))


def _read_body(environ: Environ) -> bytes:
    """The body. BodyTooLarge, IncompleteBody, LengthRequired."""
    if announced := int(environ.get("CONTENT_LENGTH") or 0):
        return _read_announced(environ, announced)
    if not _is_http1(environ):
        raise LengthRequired  # Granian never comes back from one that is cut off
    body = _read_pieces(environ)
    _check_end(environ, body)
    return body


def _read_announced(environ: Environ, length: int) -> bytes:
    """As many bytes as were announced: the server gives no more, and none where fewer came."""
    if length > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
        if "HTTP_EXPECT" not in environ and _is_http1(environ):  # who asks first need not send it
            _read_pieces(environ)
        raise BodyTooLarge(limit=settings.DATA_UPLOAD_MAX_MEMORY_SIZE)
    body: bytes = environ["wsgi.input"].read()
    if len(body) < length:
        raise IncompleteBody(announced=length)
    return body


def _read_pieces(environ: Environ) -> bytes:
    """A body of any length. BodyTooLarge, once as much more was read as may be."""
    limit, read = settings.DATA_UPLOAD_MAX_MEMORY_SIZE, environ["wsgi.input"].read
    pieces, size = list[bytes](), 0
    while size <= MAX_DISCARDED and (piece := read(PIECE)):
        size += len(piece)
        if size <= limit:
            pieces.append(piece)
    if size > limit:
        raise BodyTooLarge(limit=limit)
    return b"".join(pieces)


def _check_end(environ: Environ, body: bytes) -> None:
    """Granian does not say when a chunked body is cut off, so what came has to tell it: JSON does, a multipart form by
    its last delimiter. IncompleteBody; LengthRequired for all else."""
    kind, parameters = parse_header_parameters(environ.get("CONTENT_TYPE", ""))
    is_json = kind == "application/json" or kind.endswith("+json")
    if kind == "multipart/form-data" and f"--{parameters.get('boundary', '')}--".encode() not in body:
        raise IncompleteBody
    if not body or not (is_json or kind == "multipart/form-data"):
        raise LengthRequired


def _is_http1(environ: Environ) -> bool:
    return str(environ["SERVER_PROTOCOL"]).startswith("HTTP/1")
