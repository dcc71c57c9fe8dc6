"""What a metric came to on each day of a month, from the ledger."""

from datetime import datetime, timedelta

from django.db.models import Sum
from django.db.models.functions import TruncDate

from billing.domain import QUOTA, Metric
from billing.domain.metrics import key_of, month_start
from cqrs.ledgers import ledger_of
from face.charts import Chart, chart

TITLES = {Metric.ORDERS: "Orders a day", Metric.RESPONSES: "Responses a day"}


def days_of(metric: Metric, month: str, *, until: datetime) -> Chart:
    """A bar for each day from the month's first to the one that `until` is in; the month and its days are UTC's, the
    day of a fact is that on which it was made."""
    lines = ledger_of(QUOTA, key_of(metric, month)).order_by()
    by_day = lines.annotate(day=TruncDate("at")).values_list("day").annotate(moved=Sum("delta"))
    found = dict(by_day)
    start = month_start(month).date()
    days = [start + timedelta(days=number) for number in range((until.date() - start).days + 1)]
    labels = [f"{day.day} {day:%b}" for day in days]
    return chart(TITLES[metric], labels, {TITLES[metric]: [max(0, found.get(day, 0)) for day in days]}, kind="bars")
