"""Whether the plan of a workspace has room for another response: looked at before anybody fills in a form in vain. What
is sent all the same is decided by the counter."""

from datetime import datetime

from billing.clerk import SK
from billing.domain import SUBSCRIPTION, Metric
from billing.domain.metrics import month_of
from billing.domain.usage import used
from billing.usage import limit_of
from cqrs.domain import NotFound
from cqrs.log import Log


def is_used_up(log: Log, *, now: datetime) -> bool:
    """Whether the month's responses are all there already."""
    try:
        most = limit_of(log.get(SUBSCRIPTION, SK).state, Metric.RESPONSES).enforced
    except NotFound:
        return False
    return most is not None and used(log, Metric.RESPONSES, month_of(now)) >= most
