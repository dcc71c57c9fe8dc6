"""Billing's rules as functions: periods, prorations, and what any sequence of them bills."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from billing.domain.bill import LineKind, Taken, prorated
from billing.domain.entities import limits
from billing.domain.metrics import CALLS, PERIODIC, QUOTA, Metric, key_of, quota_exceeded
from billing.domain.overriding import end_overrides, lift_override, override
from billing.domain.pace import forecast, limit_hit_at
from billing.domain.periods import boundary, period
from billing.domain.plan import Cycle, Enforcement, Limit, Plan
from billing.domain.replanning import BelowUse, change_plan, changed
from billing.domain.settling import note_invoice, settle
from billing.domain.starting import PayFirst, cancel, resume, subscribe
from billing.domain.subscription import Paid, Status, Subscription
from billing.domain.turning import activate, due, expire, fall_due, finish, renew, renewed, roll
from billing.domain.usage import Usage
from cqrs.domain import Now, Refused, Short

START = Now(datetime(2026, 1, 31, 9, 30, tzinfo=UTC))
CALLS_SOFT = Limit(1000, Enforcement.SOFT, unit_price=Decimal("0.5"))
FREE = Plan("free", 1, "Free", "USD", 0, 0, {Metric.PROJECTS: Limit(10)})
PRO = Plan("pro", 1, "Pro", "USD", 2900, 29000, {Metric.PROJECTS: Limit(100), Metric.API_CALLS: CALLS_SOFT})
BIG = Plan("business", 1, "Business", "USD", 9901, 99000, tax_percent=Decimal(19))
CHEAP = Plan("cheap", 1, "Cheap", "USD", 101, 1001)
NOTHING = Usage({})
BERLIN, AUCKLAND = "Europe/Berlin", "Pacific/Auckland"
TIME: dict[str, Callable[..., Subscription]] = {
    "activate": activate,
    "renew": renew,
    "finish": finish,
    "fall_due": fall_due,
    "expire": expire,
    "end_overrides": end_overrides,
}


def at(text: str) -> Now:
    return Now(datetime.fromisoformat(text).astimezone(UTC))


def after(moment: datetime, **time: float) -> Now:
    return Now(moment + timedelta(**time))


@pytest.mark.parametrize(
    ("anchor", "cycle", "zone", "ends"),
    [
        ("2026-01-31T09:30Z", Cycle.MONTHLY, "UTC", ["2026-02-28T09:30Z", "2026-03-31T09:30Z", "2026-04-30T09:30Z"]),
        ("2028-01-31T09:30Z", Cycle.MONTHLY, "UTC", ["2028-02-29T09:30Z", "2028-03-31T09:30Z"]),
        ("2026-01-29T00:00Z", Cycle.MONTHLY, "UTC", ["2026-02-28T00:00Z", "2026-03-29T00:00Z"]),
        ("2028-01-30T00:00Z", Cycle.MONTHLY, "UTC", ["2028-02-29T00:00Z", "2028-03-30T00:00Z"]),
        ("2026-11-30T23:59:59Z", Cycle.MONTHLY, "UTC", ["2026-12-30T23:59:59Z", "2027-01-30T23:59:59Z"]),
        ("2026-12-31T12:00Z", Cycle.MONTHLY, "UTC", ["2027-01-31T12:00Z", "2027-02-28T12:00Z"]),
        ("2028-02-29T12:00Z", Cycle.YEARLY, "UTC", ["2029-02-28T12:00Z", "2030-02-28T12:00Z"]),
        # Berlin: 10:00 stays 10:00 when the clocks go forward on 29 March; 02:30 is skipped that night.
        ("2026-02-28T10:00+01:00", Cycle.MONTHLY, BERLIN, ["2026-03-28T10:00+01:00", "2026-04-28T10:00+02:00"]),
        ("2026-02-28T02:30+01:00", Cycle.MONTHLY, BERLIN, ["2026-03-28T02:30+01:00", "2026-04-28T02:30+02:00"]),
        ("2026-01-29T02:30+01:00", Cycle.MONTHLY, BERLIN, ["2026-02-28T02:30+01:00", "2026-03-29T03:30+02:00"]),
        # and 02:30 comes twice on 25 October: the first of the two, still in summer time.
        ("2026-09-25T02:30+02:00", Cycle.MONTHLY, BERLIN, ["2026-10-25T02:30+02:00", "2026-11-25T02:30+01:00"]),
        # 31 January in Auckland is 30 January in UTC: the month's end that counts is the tenant's.
        ("2026-01-31T08:00+13:00", Cycle.MONTHLY, AUCKLAND, ["2026-02-28T08:00+13:00", "2026-03-31T08:00+13:00"]),
        ("2026-02-28T08:00+13:00", Cycle.MONTHLY, AUCKLAND, ["2026-03-28T08:00+13:00", "2026-04-28T08:00+12:00"]),
    ],
)  # fmt: skip
def test_periods_end_where_a_calendar_says(anchor: str, cycle: Cycle, zone: str, ends: list[str]) -> None:
    found = [boundary(at(anchor), cycle, number, zone=zone) for number in range(1, len(ends) + 1)]
    assert found == [at(each) for each in ends]
    assert period(at(anchor), cycle, 0, zone=zone).start == at(anchor)


def test_a_part_is_rounded_from_the_middle_to_the_even_one_and_says_what_was_dropped() -> None:
    assert prorated(1, seconds=1, of=2) == (0, 1)
    assert prorated(3, seconds=1, of=2) == (2, -1)
    assert prorated(-1, seconds=1, of=2) == (0, -1)
    assert prorated(2900, seconds=1, of=3) == (967, -1)


@given(st.integers(-(10**9), 10**9), st.integers(1, 10**8), st.data())
def test_a_part_and_its_remainder_are_the_whole(price: int, of: int, data: st.DataObject) -> None:
    seconds = data.draw(st.integers(0, of))
    amount, remainder = prorated(price, seconds=seconds, of=of)
    assert amount * of + remainder == price * seconds
    assert abs(remainder) * 2 <= of


def test_a_trial_becomes_a_period_that_is_billed_and_renewed() -> None:
    sub = subscribe(plan=PRO, at=START)
    assert (sub.status, sub.bill, due(sub, at=START)) == (Status.TRIAL, None, None)
    assert sub.trial_ends_at == after(START, days=14)
    sub = run(sub, until=after(START, days=14))
    assert sub.status == Status.ACTIVE
    assert sub.bill is not None
    assert sub.bill.total == 2900
    assert sub.current_period.end == at("2026-03-14T09:30Z")
    sub = run(sub, until=sub.current_period.end)
    assert (sub.bills, sub.current_period.end) == (2, at("2026-04-14T09:30Z"))


def test_an_upgrade_costs_the_rest_and_what_a_downgrade_gives_back_lowers_what_is_due_first() -> None:
    sub = run(subscribe(plan=PRO, at=START), until=after(START, days=14))
    sub = settle(note_invoice(sub, bill=1, code="INV-1"), bill=1)
    half = sub.current_period.start + (sub.current_period.end - sub.current_period.start) / 2
    sub = changed(sub, plan=BIG, cycle=Cycle.MONTHLY, effective_at=half, at_period_end=False, at=half)
    assert sub.bill is not None
    assert [line.amount for line in sub.bill.lines] == [-1450, 4950, 940]  # 4950.5 goes to the even one; 19 % tax
    sub = note_invoice(sub, bill=2, code="INV-2")
    down = changed(sub, plan=FREE, cycle=Cycle.MONTHLY, effective_at=half, at_period_end=False, at=half)
    assert down.bill is not None
    assert down.bill.taken == (Taken("INV-2", 4440), Taken("INV-1", 1450))
    assert (down.bill.total, down.credit, down.owing, down.paid) == (0, 1450, (), (Paid(1, "INV-1", 1450),))
    waived = settle(sub, bill=2, is_void=True)
    waived = changed(waived, plan=FREE, cycle=Cycle.MONTHLY, effective_at=half, at_period_end=False, at=half)
    assert waived.bill is not None
    assert (waived.credit, waived.bill.lines[-1].text, waived.bill.lines[-1].amount) == (2900, "was not paid", 2990)


def test_a_yearly_cycle_begins_a_period_of_its_own() -> None:
    sub = run(subscribe(plan=PRO, at=START), until=after(START, days=14))
    moment = after(sub.current_period.start, days=7)
    sub = changed(sub, plan=PRO, cycle=Cycle.YEARLY, effective_at=moment, at_period_end=False, at=moment)
    assert (sub.current_period.start, sub.current_period.end) == (moment, at("2027-02-21T09:30Z"))
    assert sub.bill is not None
    assert [line.amount for line in sub.bill.lines] == [-2175, 29000]


def test_what_is_not_paid_falls_due_and_expires_and_paying_mends_it() -> None:
    sub = run(subscribe(plan=PRO, at=START), until=after(START, days=14))
    late = run(sub, until=sub.owing[0].due_at)
    assert late.status == Status.PAST_DUE
    assert settle(late, bill=1).status == Status.ACTIVE
    gone = run(late, until=after(sub.owing[0].due_at, days=30))
    assert gone.status == Status.EXPIRED
    with pytest.raises(PayFirst):
        resume(gone, at=Now(gone.owing[-1].due_at))


def test_cancelled_it_ends_with_the_period_or_now_and_can_go_on() -> None:
    sub = run(subscribe(plan=PRO, at=START), until=after(START, days=14))
    asked = cancel(sub, reason="too dear", at=Now(sub.current_period.start))
    assert (asked.status, asked.cancel_at_period_end) == (Status.ACTIVE, True)
    assert resume(asked, at=Now(sub.current_period.start)) == sub
    over = run(replace(asked, owing=()), until=sub.current_period.end)
    assert (over.status, over.bills, over.ended_at) == (Status.CANCELLED, 1, sub.current_period.end)
    assert limits(over)[QUOTA.at("orders:2026-03", "limit")] == 0  # there is room for nothing new
    assert CALLS.at("api_calls:2026-03", "limit") not in limits(over)  # what there is can still be read
    assert limits(resume(over, at=Now(sub.current_period.end)))[QUOTA.at("orders:2026-03", "limit")] is None
    now = cancel(sub, at_period_end=False, at=Now(sub.current_period.start))
    assert resume(now, at=after(sub.current_period.start, days=1)).bills == 1  # what was billed is not billed again
    assert resume(replace(over, owing=()), at=Now(sub.current_period.end)).bills == 2


def test_a_plan_below_use_is_refused_with_each_breach() -> None:
    sub = subscribe(plan=PRO, at=START)
    with pytest.raises(BelowUse) as refused:
        ask(sub, plan=FREE, usage=Usage({"projects": 11}), at=START)
    errors: Any = refused.value.fields["errors"]
    [breach] = errors
    assert (breach["metric"], breach["used"], breach["limit"]) == ("projects", 11, 10)
    assert ask(sub, plan=FREE, usage=Usage({"projects": 10}), at=START).plan == FREE


def test_what_is_above_a_soft_limit_is_billed_once_and_a_late_event_is_an_adjustment() -> None:
    sub = run(subscribe(plan=PRO, at=START), until=after(START, days=14))
    usage = {"api_calls:2026-02": 1101}
    sub = run(replace(sub, owing=()), until=at("2026-03-14T09:30Z"), usage=Usage(usage))
    assert sub.bill is not None
    assert [(line.kind, line.amount) for line in sub.bill.lines] == [(LineKind.BASE, 2900), (LineKind.OVERAGE, 50)]
    sub = run(replace(sub, owing=()), until=at("2026-04-14T09:30Z"), usage=Usage(usage))
    assert [line.kind for line in sub.bill.lines] == [LineKind.BASE] if sub.bill else False
    sub = run(replace(sub, owing=()), until=at("2026-05-14T09:30Z"), usage=Usage({"api_calls:2026-02": 1103}))
    assert sub.bill is not None
    assert [(line.kind, line.amount) for line in sub.bill.lines][1:] == [(LineKind.ADJUSTMENT, 2)]  # 51.5 → 52, less 50


def test_limits_stand_on_the_counters_of_this_month_and_two_more() -> None:
    orders = Plan(
        "o", 1, "O", "USD", 0, 0, {Metric.ORDERS: Limit(0), Metric.API_CALLS: Limit(100, Enforcement.GRACE, 10)}
    )
    sub = subscribe(plan=orders, at=START)
    found = limits(sub)
    assert found[QUOTA.at("orders:2026-03", "limit")] == 0  # none is none
    assert found[CALLS.at("api_calls:2026-01", "limit")] == 110
    lifted = limits(override(sub, metric=Metric.ORDERS, most=None, reason="a fair", at=START))
    assert lifted[QUOTA.at("orders:2026-01", "limit")] is None
    sub = override(sub, metric=Metric.PROJECTS, most=5, reason="pilot", expires_at=after(START, days=1), at=START)
    assert limits(run(sub, until=after(START, days=1)))[QUOTA.at("projects", "limit")] is None
    assert limits(lift_override(sub, metric=Metric.PROJECTS))[QUOTA.at("projects", "limit")] is None
    assert set(limits(run(sub, until=after(START, days=10)))) >= {QUOTA.at("orders:2026-04", "limit")}


def test_a_quota_says_what_is_used_up_and_when_it_starts_again() -> None:
    told = quota_exceeded([Short(QUOTA.at(key_of(Metric.ORDERS, "2026-12"), "used"), 1, 10, 10)])
    assert told.fields == {
        "metric": "orders",
        "used": 10,
        "limit": 10,
        "resets_at": "2027-01-01T00:00:00Z",
        "upgrade_url": "/billing/change/",
    }
    assert Metric.ORDERS in PERIODIC


@pytest.mark.parametrize(
    ("used", "limit", "now", "hit", "comes_to"),
    [
        (100, 200, "2026-11-11T00:00Z", "2026-11-21T00:00Z", 300),  # ten a day
        (100, 299, "2026-11-11T00:00Z", "2026-11-30T21:36Z", 300),
        (100, 300, "2026-11-11T00:00Z", None, 300),  # with the month's very end
        (100, 100, "2026-11-11T00:00Z", "2026-11-11T00:00Z", 300),
        (7, 0, "2026-11-11T00:00Z", "2026-11-11T00:00Z", 21),
        (0, 5, "2026-11-11T00:00Z", None, 0),
        (5, None, "2026-11-11T00:00Z", None, 15),
        (5, 5, "2026-12-01T00:00Z", None, 5),  # November is over
        (1, 10, "2026-11-01T00:00Z", "2026-11-01T10:00Z", 720),  # a first moment counts as an hour
    ],
)
def test_the_day_on_which_a_limit_is_hit_at_this_pace(
    used: int, limit: int | None, now: str, hit: str | None, comes_to: int
) -> None:
    assert limit_hit_at(used, limit, "2026-11", now=at(now)) == (at(hit) if hit else None)
    assert forecast(used, "2026-11", now=at(now)) == comes_to


def ask(sub: Subscription, *, plan: Plan, at: datetime, usage: Usage = NOTHING, **more: Any) -> Subscription:
    cycle = more.pop("cycle", sub.billing_cycle)
    return change_plan(sub, plan=plan, billing_cycle=cycle, effective_at=at, usage=usage, at=Now(at), **more)


def run(
    sub: Subscription, *, until: datetime, usage: Usage = NOTHING, seen: list[Subscription] | None = None
) -> Subscription:
    """What a run makes of it, step by step."""
    now = Now(until)
    while rule := due(sub, at=until):
        shown = renewed(sub, at=until).bill if rule == "renew" else None
        sub = roll(sub, usage=usage, at=now) if rule == "roll" else TIME[rule](sub, at=now)
        assert shown is None or sub.bill == shown  # the preview is the invoice
        (seen if seen is not None else []).append(sub)
    return sub


ACTS = st.one_of(
    st.tuples(st.just("plan"), st.sampled_from([CHEAP, PRO, BIG]), st.sampled_from(Cycle), st.booleans()),
    st.tuples(st.just("cancel"), st.booleans()),
    st.tuples(st.just("resume")),
    st.tuples(st.just("pay")),
)


@settings(max_examples=150)
@given(st.lists(st.tuples(st.integers(0, 40 * 86400), ACTS), max_size=12))
def test_whatever_happens_each_second_is_billed_exactly_once(acts: list[tuple[int, Any]]) -> None:
    """Charges cover a second, refunds give it back: while it runs, each is covered once. And what is credited was
    billed before."""
    now, seen = START, [subscribe(plan=PRO, at=START)]
    for wait, act in acts:
        now = after(now, seconds=wait)
        run(seen[-1], until=now, seen=seen)
        sub = _done(seen[-1], act, now=now)
        seen += [sub] if sub is not None and sub != seen[-1] else []
    run(seen[-1], until=after(now, days=45), seen=seen)
    bills = list({sub.bill.no: sub.bill for sub in seen if sub.bill}.values())
    assert [bill.no for bill in bills] == list(range(1, len(bills) + 1))
    assert all(bill.total >= 0 for bill in bills)
    spans = _spans(seen)
    for moment in sorted({each for sub in seen for each in (sub.current_period.start, sub.current_period.end)}):
        assert _covered(bills, moment) == sum(start <= moment < end for start, end in spans) <= 1
    charged = sum(line.amount for bill in bills for line in bill.lines if line.kind in _MONEY and line.amount > 0)
    given = -sum(line.amount for bill in bills for line in bill.lines if line.kind in _MONEY and line.amount < 0)
    assert 0 <= given <= charged
    assert seen[-1].credit == sum(line.amount for bill in bills for line in bill.lines if line.kind == LineKind.CREDIT)


_MONEY = (LineKind.BASE, LineKind.PRORATION)


def _covered(bills: list[Any], moment: datetime) -> int:
    lines = [line for bill in bills for line in bill.lines if line.kind in _MONEY and line.period]
    within = [line for line in lines if line.period.start <= moment < line.period.end]
    return sum(-1 if line.text.endswith("not used") else 1 for line in within)


def _spans(seen: list[Subscription]) -> list[tuple[datetime, datetime]]:
    """The periods there were, each until the next took its place; a trial is none."""
    periods = [sub.current_period for sub in seen if sub.current_period.end != sub.trial_ends_at]
    spans: list[tuple[datetime, datetime]] = []
    for each in dict.fromkeys(periods):
        if spans and each.start < spans[-1][1]:
            spans[-1] = (spans[-1][0], each.start)
        spans.append((each.start, each.end))
    return spans


def _done(sub: Subscription, act: Any, *, now: Now) -> Subscription | None:
    try:
        match act:
            case "plan", plan, cycle, later:
                return ask(sub, plan=plan, cycle=cycle, at=now, at_period_end=later)
            case "cancel", later:
                return cancel(sub, at_period_end=later, at=now)
            case ("resume",):
                return resume(sub, at=now)
            case _:
                return settle(sub, bill=sub.owing[0].bill) if sub.owing else None
    except Refused:
        return None
