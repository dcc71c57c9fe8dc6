"""What the ledger of the tenant whose schema is current says: movements, totals."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db.models import DateTimeField, DurationField, F, Func, QuerySet, Sum, Value

from cqrs.domain import Counter
from cqrs.models import LedgerLine, Total


def ledger_of(counter: Counter, key: str, *, number: str = "") -> QuerySet[LedgerLine]:
    """The lines of one counted thing, or of one of its numbers, the newest first. A list can be paged by `position`:
    lines of one position tell of one fact."""
    lines = LedgerLine.objects.filter(kind=counter.kind, key=key).order_by("-position", "number")
    return lines.filter(number=number) if number else lines


def totals_of(counter: Counter, key: str) -> dict[str, int]:
    """What the ledger makes each number of one counted thing; nothing where nothing ever moved."""
    return dict(Total.objects.filter(kind=counter.kind, key=key).values_list("number", "total"))


def totals_at(counter: Counter, key: str, *, position: int) -> Mapping[str, int]:
    """What each number was once the journal had come to this position; nothing of what had not moved by then."""
    lines = ledger_of(counter, key).filter(position__lte=position).order_by("number", "-position")
    return dict(lines.distinct("number").values_list("number", "balance"))


def totals_as_of(counter: Counter, key: str, *, at: datetime) -> Mapping[str, int]:
    """What each number was at a time, that moment included. By when each fact was, not by when readers learned of it:
    in the journal an entity's fact may stand behind a later one of another."""
    then = LedgerLine.objects.filter(kind=counter.kind, key=key, at__lte=at)
    return dict(then.values("number").order_by("number").annotate(then=Sum("delta")).values_list("number", "then"))


def all_totals(counter: Counter) -> QuerySet[Total]:
    """The totals of everything that this counter counts, by key and number."""
    return Total.objects.filter(kind=counter.kind).order_by("key", "number")


def moved_within(counter: Counter, key: str, *, since: datetime, until: datetime) -> Mapping[str, int]:
    """By how much each number moved from a time on and before another."""
    within = LedgerLine.objects.filter(kind=counter.kind, key=key, at__gte=since, at__lt=until)
    return dict(within.values("number").order_by("number").annotate(moved=Sum("delta")).values_list("number", "moved"))


def balances(
    counter: Counter, key: str, *, number: str, since: datetime, step: timedelta, slots: int
) -> tuple[int, ...]:
    """What a number was at the end of each of so many equal spans of time that follow each other from `since` on."""
    lines = ledger_of(counter, key, number=number)
    before = lines.filter(at__lt=since).values_list("balance", flat=True).first() or 0
    begins = Func(
        Value(step, DurationField()), F("at"), Value(since), function="date_bin", output_field=DateTimeField()
    )
    last = lines.filter(at__gte=since).annotate(begins=begins).order_by("begins", "-position").distinct("begins")
    found = {int((begins - since) / step): balance for begins, balance in last.values_list("begins", "balance")}
    shown = []
    for slot in range(slots):
        before = found.get(slot, before)
        shown.append(before)
    return tuple(shown)
