"""What a tenant has used, now and in a month; and the facts behind it."""

import re
from dataclasses import asdict
from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ViewSet

from billing.clerk import SK, real_time
from billing.cloud_events import unknown_fields
from billing.domain import QUOTA, SUBSCRIPTION, Metric, Subscription
from billing.domain.metrics import key_of, month_of
from billing.intake import Verdict, take_in
from billing.metering import METER
from billing.usage import told
from cqrs.domain import NotFound
from cqrs.ledgers import ledger_of
from cqrs.log import Log
from cqrs.models import JournalLine, LedgerLine
from face.bodies import JsonBytes, body_of
from face.commands import log_of, principal_of, writer
from face.ids import public_id
from face.json_documents import parse_json
from face.pages import limit_of
from face.past import number
from face.permissions import MayUse
from face.refusals import Malformed

_MONTH = re.compile(r"(20[0-9]{2})-(0[1-9]|1[0-2])", re.ASCII)


class CloudEvents(JsonBytes):
    """One event."""

    media_type = "application/cloudevents+json"


class CloudEventsBatch(JsonBytes):
    """Many."""

    media_type = "application/cloudevents-batch+json"


class UsageOf(ViewSet):
    """Read by whoever may; told by whoever may write."""

    path = "usage"
    permission_classes = (MayUse,)
    parser_classes = (JsonBytes, CloudEvents, CloudEventsBatch)

    def current(self, request: Request) -> Response:
        """This month."""
        return self.month(request, month_of(real_time()))

    def month(self, request: Request, month: str) -> Response:
        """A month of UTC, 2026-11: by metric `used, limit, remaining, percent, resets_at, forecast`."""
        METER.flush(principal_of(request).tenant)
        log = log_of(principal_of(request))
        metrics = told(log, _subscription(log), _checked(month), now=real_time())
        return Response({"month": month, "metrics": metrics})

    def events(self, request: Request) -> Response:
        """Count what is reported: a CloudEvent, or a list of at most 1000. Each is answered `counted`, `duplicate`,
        `late`, `unknown_metric` or `rejected`, in order; sent again, each is counted once for ever."""
        principal = principal_of(request)
        told = take_in(_events(request), writer=writer(request, principal, source="api"))
        results = [asdict(each) for each in told]
        counts = {verdict.value: sum(each.result == verdict for each in told) for verdict in Verdict}
        return Response({"results": results, "counts": counts})

    def facts(self, request: Request, month: str, metric: str) -> Response:
        """What moved a metric, the newest first: each a fact, with who made it. `?below=` goes on under a position."""
        if metric not in set(Metric):
            raise NotFound
        query = {name: str(value) for name, value in request.query_params.items()}
        lines = ledger_of(QUOTA, key_of(Metric(metric), _checked(month)))
        if "below" in query:
            lines = lines.filter(position__lt=number(query["below"], name="below"))
        limit = limit_of(query)
        found = list(lines[: limit + 1])
        facts = JournalLine.objects.in_bulk([line.position for line in found])
        results = [_fact(facts[line.position], line) for line in found[:limit]]
        last = found[limit - 1].position if len(found) > limit else None
        next = last and request.build_absolute_uri(f"{request.path}?below={last}")
        return Response({"results": results, "next": next, "previous": None})


def _events(request: Request) -> list[Any]:
    given = parse_json(body_of(request))
    if not isinstance(given, list | dict):
        raise Malformed([{"pointer": "", "code": "no_event", "detail": "An event is an object, many are a list."}])
    if isinstance(given, dict) and (unknown := unknown_fields(given)):
        raise Malformed(unknown)
    return given if isinstance(given, list) else [given]


def _fact(fact: JournalLine, line: LedgerLine) -> dict[str, Any]:
    return {
        "position": line.position,
        "at": line.at,
        "by": fact.by,
        "fact": f"{fact.type.lower()}.{fact.fact}",
        "id": public_id(fact.entity_id),
        "code": fact.code,
        "version": fact.version,
        "delta": line.delta,
        "balance": line.balance,
    }


def _subscription(log: Log) -> Subscription | None:
    try:
        return log.get(SUBSCRIPTION, SK).state
    except NotFound:
        return None


def _checked(month: str) -> str:
    if not _MONTH.fullmatch(month):
        raise NotFound
    return month
