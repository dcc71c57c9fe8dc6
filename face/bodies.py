"""Bodies in and out: JSON reaches the rules as the bytes it came in, and leaves through orjson."""

from collections.abc import Mapping
from typing import Any

import orjson
from django.db.models import Model
from django.db.models.expressions import BaseExpression, Combinable
from django.http import HttpRequest
from django.utils.http import parse_header_parameters
from rest_framework.exceptions import UnsupportedMediaType
from rest_framework.parsers import BaseParser
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request

from face.json_documents import UTF8


class JsonBytes(BaseParser):
    """Leaves the body as it is: each rule parses it strictly by its own signature (`cqrs.codec`)."""

    media_type = "application/json"

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Mapping[str, Any] | None = None) -> Any:
        """UnsupportedMediaType for `*/*`, and where the bytes are said to be other than UTF-8 (RFC 8259, 8.1);
        RequestDataTooBig above Django's DATA_UPLOAD_MAX_MEMORY_SIZE, which only `body` looks at."""
        told = media_type or self.media_type
        kind, parameters = parse_header_parameters(told)
        if kind != self.media_type or parameters.get("charset", "utf-8").lower() not in UTF8:
            raise UnsupportedMediaType(told)
        return stream.body if isinstance(stream, HttpRequest) else stream.read()


class Json(BaseRenderer):
    """JSON, times as RFC 3339 UTC."""

    media_type = "application/json"
    format = "json"
    charset = None

    def render(
        self, data: Any, accepted_media_type: str | None = None, renderer_context: Mapping[str, Any] | None = None
    ) -> bytes:
        return b"" if data is None else dumps(data)


class EventStream(BaseRenderer):
    """Lets a client ask for `text/event-stream`; what it carries besides the stream itself is JSON."""

    media_type = "text/event-stream"
    format = "events"
    charset = None
    render = Json.render


def as_sent(data: object) -> Any:
    """What a client reads of an answer: plain JSON, times as text."""
    return orjson.loads(dumps(data))


def body_of(request: Request) -> bytes:
    """The bytes of the body; empty where there is none."""
    data: object = request.data
    return data if isinstance(data, bytes) else b""


def dumps(data: object) -> bytes:
    """As JSON, times as RFC 3339 UTC. TypeError for what only the database can make a value of."""
    return orjson.dumps(data, default=_text, option=orjson.OPT_UTC_Z)


def _text(value: object) -> str:
    """What orjson does not know is told by its text. An expression has none: a row that was never saved was told of."""
    if isinstance(value, Combinable | BaseExpression | Model):
        raise TypeError(f"{type(value).__name__} is no value")
    return str(value)
