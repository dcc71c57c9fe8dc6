"""The journal as events: CloudEvents 1.0, by position, page by page or as they happen (server-sent events).

A little past the usual length: both ways of reading share the envelope, the cursor and what ends them.
"""

import re
import threading
import time
import weakref
from collections.abc import Iterator
from typing import Any

import orjson
from django.db import connection
from django.db.models import QuerySet
from django.http import StreamingHttpResponse
from django_tenants.utils import schema_context
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ViewSet

from cqrs.models import JournalLine
from cqrs.personal import opened
from cqrs.projections import PROJECTIONS
from cqrs.projector import schema_of
from cqrs.projector.lines import fact_of
from cqrs.store import Fact
from face.bell import bell
from face.bodies import EventStream, Json
from face.commands import principal_of
from face.ids import public_id
from face.pages import limit_of
from face.permissions import MayUse
from face.refusals import CursorExpired, InvalidParameter, TooManyStreams
from face.shutdown import is_shutting_down

STREAMS_MOST = 32
"""Live streams one web process holds; each takes a thread."""

HEARTBEAT = 4.0
"""Seconds of silence after which a comment is sent, so that a dead connection is noticed."""

LIFE = 60.0
"""Seconds after which a stream ends; the browser resumes it, and its credentials are looked at again."""

PAGE = 100

_places = threading.BoundedSemaphore(STREAMS_MOST)


class Events(ViewSet):
    """What happened in this tenant, in the order of its journal."""

    path = "events"
    permission_classes = (MayUse,)
    renderer_classes = (Json, EventStream)

    def list(self, request: Request) -> Response:
        """The events after a position. CursorExpired beyond the newest."""
        after, limit = _place(request.query_params.get("after", "0")), limit_of(request.query_params.dict())
        lines = list(_after(after, limit + 1))
        more = lines[limit:] and request.build_absolute_uri(f"?after={lines[limit - 1].position}&limit={limit}")
        return Response({"results": [envelope(line) for line in lines[:limit]], "next": more or None})

    def stream(self, request: Request) -> StreamingHttpResponse:
        """The same, as they happen; resumed by Last-Event-ID, else from now on."""
        resumed = request.headers.get("Last-Event-ID") or request.query_params.get("after")
        after = _place(resumed) if resumed else _newest()
        live = Live(principal_of(request).tenant, after)
        response = StreamingHttpResponse(live, content_type="text/event-stream")
        response["Cache-Control"], response["X-Accel-Buffering"] = "no-store", "no"
        return response


def envelope(line: JournalLine) -> dict[str, Any]:
    """A journal line as a CloudEvent, what is personal in it open."""
    fact = _open(line)
    return {
        "specversion": "1.0",
        "id": f"{public_id(line.entity_id)}@{line.version}",
        "type": f"{line.type.lower()}.{line.fact}",
        "source": f"/tenants/{line.tenant_id}",
        "subject": line.code or public_id(line.entity_id),
        "time": line.at,
        "datacontenttype": "application/json",
        "tenantcode": line.tenant_id,
        "position": line.position,
        **behalf(line.on_behalf_of),
        "data": {
            "id": public_id(line.entity_id),
            "code": line.code,
            "name": line.name,
            "version": line.version,
            "is_deleted": line.is_deleted,
            "by": line.by,
            "args": fact.args,
            **fact.state,
        },
    }


def behalf(support: str) -> dict[str, str]:
    """The extension attribute of what staff did under a support access, `support:9f…`; of all else none."""
    return {"onbehalfof": support} if support else {}


def _open(line: JournalLine) -> Fact:
    fact = fact_of({**vars(line), "tenant_code": line.tenant_id})
    projection = PROJECTIONS.get(line.type)  # None: of a release that is older, or newer
    return opened(projection.entity, fact) if projection else fact


class Live:
    """The body of a live stream. It holds a place from when it is made until closed or dropped. TooManyStreams."""

    def __init__(self, tenant: str, after: int) -> None:
        self._schema, self._tenant, self._after = schema_of(tenant), tenant, after
        self._until = time.monotonic() + LIFE
        if not _places.acquire(blocking=False):
            raise TooManyStreams
        self.close = weakref.finalize(self, _places.release)  # once, whatever becomes of the answer

    def __iter__(self) -> Iterator[bytes]:
        yield b"retry: 2000\n\n"
        while time.monotonic() < self._until and not is_shutting_down():  # a clean end: the client resumes elsewhere
            rings = bell().rings(self._tenant)
            lines = self._read()
            yield b"".join(_event(line) for line in lines) or b":\n\n"
            if len(lines) < PAGE:
                bell().wait(self._tenant, above=rings, timeout=HEARTBEAT)

    def _read(self) -> list[JournalLine]:
        try:
            with schema_context(self._schema):
                lines = list(_after(self._after, PAGE))
        finally:
            connection.close()  # a stream waits without a connection
        self._after = lines[-1].position if lines else self._after
        return lines


def _event(line: JournalLine) -> bytes:
    return b"id: %d\ndata: %s\n\n" % (line.position, orjson.dumps(envelope(line), option=orjson.OPT_UTC_Z))


def _after(position: int, limit: int) -> QuerySet[JournalLine]:
    return JournalLine.objects.filter(position__gt=position).order_by("position")[:limit]


def _newest() -> int:
    return JournalLine.objects.order_by("-position").values_list("position", flat=True).first() or 0


def _place(text: str) -> int:
    """A position that the journal reaches: one beyond is of an older series. CursorExpired."""
    position = _position(text)
    if position > _newest():
        raise CursorExpired(newest=_newest())
    return position


def _position(text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,18}", text):
        raise InvalidParameter("after is a position in the journal.", pointer="?after")
    return int(text)
