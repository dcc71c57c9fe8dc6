"""Files of usage that others report, and what a tenant is billed for them."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from billing.domain.bill import Bill, LineKind
from billing.runs import turn
from billing.tests.askers import Answer, Request


def usage_file(number: int, metric: str) -> list[dict[str, Any]]:
    """So many CloudEvents, of one unit each."""
    return [{"specversion": "1.0", "id": f"{n}", "source": "meter", "type": metric} for n in range(number)]


def five_times(file: Sequence[Any], *, batch: int) -> list[Request]:
    """The requests that send it in such batches, and all of it five times."""
    starts = range(0, len(file), batch)
    return [
        (f"{time}-{start}", "POST", "usage/events/", file[start : start + batch])
        for start in starts
        for time in range(5)
    ]


def verdicts(told: Mapping[str, Answer]) -> set[str]:
    """Those there were."""
    return {each["result"] for _, answer in told.values() for each in answer.get("results", [])}


def overage(tenant: str, *, now: datetime) -> Counter[str]:
    """The units above its limits that a tenant is billed for until `now`, by metric; two runs look."""
    made = [*turn(tenant, now=now), *turn(tenant, now=now)]
    bills: dict[int, Bill] = {each.state.bill.no: each.state.bill for each in made if each.state.bill}
    lines = [line for bill in bills.values() for line in bill.lines if line.kind == LineKind.OVERAGE]
    return sum((Counter({line.metric: line.quantity or 0}) for line in lines), Counter[str]())
