"""Looking how near to its limits a tenant is, and telling what is new about that as facts."""

from collections.abc import Iterator
from typing import Any

from billing.clerk import SK
from billing.domain import PERIODIC, SUBSCRIPTION, Metric, Subscription
from billing.domain.alert import ALERT, Alert, follows
from billing.domain.metrics import key_of, month_of
from billing.usage import percent_of, used_of
from cqrs.domain import Command, Conflict, NotFound, Version
from cqrs.steps import CodeTaken
from cqrs.writer import Writer


def watch(writer: Writer) -> Iterator[Version[Alert]]:
    """The facts that are new about each limited metric; none where the tenant has no subscription."""
    try:
        sub = writer.log.get(SUBSCRIPTION, SK).state
    except NotFound:
        return
    for metric in Metric:
        if sub.limit(metric).most is not None:
            yield from _told(writer, sub, metric)


def _told(writer: Writer, sub: Subscription, metric: Metric) -> Iterator[Version[Alert]]:
    month, log = month_of(writer.clock()) if metric in PERIODIC else "", writer.log
    most = sub.limit(metric).most or 0
    there = used_of(log, metric, month)
    sk = ALERT.sk_of(key_of(metric, month))
    try:
        head = log.get(ALERT, sk)
    except NotFound:
        head = None
    rules = follows(head.state if head else None, percent_of(there, most) if most else 0)
    numbers = {"used": there, "limit": most}
    commands = [_command(rule, sk, numbers, metric=metric, month=month) for rule in rules]
    if commands:
        try:
            yield writer.send(*commands).version
        except (CodeTaken, Conflict):
            return  # another run has told it


def _command(rule: str, sk: str, numbers: dict[str, int], **named: Any) -> Command[Alert]:
    if rule == ALERT.creation.name:
        return Command(ALERT, ALERT.creation, numbers | named)
    return Command(ALERT, ALERT.rule(rule), numbers, sk)
