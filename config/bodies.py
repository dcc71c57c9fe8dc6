"""Bodies of requests, read to their end before Django sees them.

Django takes a body without a Content-Length, chunked or by HTTP/2, for none, and one that ends early for whole; and the
server's stream can neither be waited for a while only nor be asked whether it was cut off. So each is read here, within
a size and a time. What came then stands in the environment with its length, and why it was not taken, where that is so:
`config.body_checks` answers that, once it is known who is asked.
"""

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from typing import Any

from django.conf import settings
from django.utils.http import parse_header_parameters

from cqrs.domain import Refused
from face.refusals import BodyTimeout, BodyTooLarge, IncompleteBody, LengthRequired

type Environ = dict[str, Any]
type Application = Callable[[Environ, Any], Iterable[bytes]]

REFUSED = "tenfold.body_refused"
"""Where the environment says why a body was not taken."""

BODY_TIMEOUT = 10.0
"""Seconds in which a body has to be there; else whoever stops in the middle holds a thread for ever."""

MAX_DISCARDED = 16 * 1024 * 1024
"""Bytes of a body that is too large which are read all the same: who still sends does not hear the answer."""

PIECE = 64 * 1024
"""Bytes read at once. Granian's `read()` without a size would lose what an earlier one with a size has left over."""

WITHOUT_BODY = ("GET", "HEAD", "OPTIONS", "TRACE")
"""Methods whose content means nothing (RFC 9110, 9.3): it is left where it is."""

_readers = ThreadPoolExecutor(1024, "body")  # one is started where none is idle: as many as bodies are waited for


def with_whole_bodies(application: Application) -> Application:
    """The application, given each body whole and with its length."""

    def whole(environ: Environ, start_response: Any) -> Iterable[bytes]:
        if environ["REQUEST_METHOD"] not in WITHOUT_BODY and _has_body(environ):
            _receive(environ)
        return application(environ, start_response)

    return whole


def _has_body(environ: Environ) -> bool:
    if length := environ.get("CONTENT_LENGTH"):
        return int(length) > 0
    return "HTTP_TRANSFER_ENCODING" in environ or not _is_http1(environ)


def _receive(environ: Environ) -> None:
    try:
        body = _readers.submit(_read, environ).result(BODY_TIMEOUT)
        _check_end(environ, body)
    except TimeoutError:
        body, environ[REFUSED] = b"", BodyTimeout()
    except Refused as refused:
        body, environ[REFUSED] = b"", refused
    environ["wsgi.input"], environ["CONTENT_LENGTH"] = BytesIO(body), str(len(body))


def _read(environ: Environ) -> bytes:
    """The body. BodyTooLarge, once as much more was read as may be."""
    limit, read = settings.DATA_UPLOAD_MAX_MEMORY_SIZE, environ["wsgi.input"].read
    if int(environ.get("CONTENT_LENGTH") or 0) > limit and "HTTP_EXPECT" in environ:
        raise BodyTooLarge(limit=limit)  # who asks first need not send it
    pieces, size = list[bytes](), 0
    while size <= MAX_DISCARDED and (piece := read(PIECE)):
        size += len(piece)
        if size <= limit:
            pieces.append(piece)
    if size > limit:
        raise BodyTooLarge(limit=limit)
    return b"".join(pieces)


def _check_end(environ: Environ, body: bytes) -> None:
    """IncompleteBody where a body ended before its end. Granian does not say when one without a length is cut off, so
    what came has to tell it: JSON does, a multipart form by its last delimiter. LengthRequired for all else."""
    if length := environ.get("CONTENT_LENGTH"):
        if len(body) < int(length):
            raise IncompleteBody(announced=int(length), received=len(body))
        return
    if not body and not _is_http1(environ):
        return  # by HTTP/2 a request without a body looks like this
    kind, parameters = parse_header_parameters(environ.get("CONTENT_TYPE", ""))
    is_json = kind == "application/json" or kind.endswith("+json")
    if kind == "multipart/form-data" and f"--{parameters.get('boundary', '')}--".encode() not in body:
        raise IncompleteBody(received=len(body))
    if not body or not (is_json or kind == "multipart/form-data"):
        raise LengthRequired


def _is_http1(environ: Environ) -> bool:
    return str(environ["SERVER_PROTOCOL"]).startswith("HTTP/1")
