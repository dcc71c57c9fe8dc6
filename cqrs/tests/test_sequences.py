"""Numbers: every format and rotation, no number twice, none left out where that is promised."""

import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cqrs import turns
from cqrs.domain import Busy, Entity, InvalidCode, InvalidFormat, Rotation, Sequence
from cqrs.dynamodb.store import DynamoStore
from cqrs.log import Log
from cqrs.sequences import Numbering, sequence_key
from cqrs.steps import CodeTaken
from cqrs.store import Store
from cqrs.tests.conftest import ORIGIN
from cqrs.tests.shop import WARE
from cqrs.tests.toy import LAMP, Broken
from cqrs.writer import Writer

DAY = date(2026, 11, 5)

FORMATS = [
    ("%%no%%", {}, "7"),
    ("%%no#:0>6%%", {}, "000007"),
    ("%%no#:x>3%%", {}, "xx7"),
    ("ORD-%%no#:0>6%%", {}, "ORD-000007"),
    ("%%year%%-%%month#:0>2%%-%%day#:0>2%%-%%no#:0>4%%", {"rotation": Rotation.DAILY}, "2026-11-05-0007"),
    ("%%year%%%%month#:0>2%%-%%no#:0>3%%", {"rotation": Rotation.MONTHLY}, "202611-007"),
    ("%%year%%-%%no%%", {"rotation": Rotation.YEARLY}, "2026-7"),
    ("FY%%fiscal_year%%-%%no%%", {"rotation": Rotation.FISCAL_YEARLY}, "FY74-7"),
    ("%%fiscal_year#:0>3%%.%%no%%", {"register_date": date(2020, 1, 1)}, "007.7"),
    ("%%no%%", {"prefix": "DOC-", "postfix": "-A"}, "DOC-7-A"),
    ("%%code1%%-%%code2#:0>4%%-%%no%%", {"codes": (str, str)}, "EL-00PH-7"),
]


@pytest.mark.parametrize(("format", "options", "code"), FORMATS)
def test_a_format_writes_a_code(format: str, options: dict[str, Any], code: str) -> None:
    assert Sequence(format, **options).code(7, on=DAY, codes=("EL", "PH")) == code


@pytest.mark.parametrize(
    ("on", "options", "label", "period"),
    [
        (date(2024, 3, 31), {}, 71, "FY2023"),
        (date(2024, 4, 1), {}, 72, "FY2024"),
        (date(2024, 3, 15), {"start_month": 7}, 71, "FY2023"),
        (date(2024, 7, 1), {"start_month": 7}, 72, "FY2024"),
        (date(2024, 1, 1), {"start_month": 1}, 72, "FY2024"),
        (date(2020, 1, 1), {"register_date": date(2020, 1, 1)}, 1, "FY2020"),
        (date(2024, 12, 31), {"register_date": date(2020, 1, 1), "start_month": 4}, 5, "FY2024"),
        (date(2024, 5, 31), {"register_date": date(2020, 6, 15)}, 4, "FY2023"),
        (date(2024, 6, 1), {"register_date": date(2020, 6, 15)}, 5, "FY2024"),
    ],
)
def test_one_start_month_serves_rotation_and_label(on: date, options: dict[str, Any], label: int, period: str) -> None:
    sequence = Sequence("%%fiscal_year%%-%%no%%", rotation=Rotation.FISCAL_YEARLY, **options)
    assert (sequence.fiscal_year(on), sequence.period(on)) == (label, period)


@pytest.mark.parametrize(
    ("format", "options"),
    [
        ("ORD", {}),
        ("%%nr%%", {}),
        ("%%no", {}),
        ("%%no%%%%", {}),
        ("%%no#06%%", {}),
        ("%%no#:0>%%", {}),
        ("%%no%%-%%code1%%", {}),
        ("%%no%%", {"codes": (str,)}),
        ("%%no%%", {"rotation": Rotation.YEARLY}),
        ("%%year%%-%%no%%", {"rotation": Rotation.MONTHLY}),
        ("%%month%%-%%no%%", {"rotation": Rotation.MONTHLY}),
        ("%%year%%-%%day%%-%%no%%", {"rotation": Rotation.DAILY}),
        ("%%year%%-%%no%%", {"rotation": Rotation.FISCAL_YEARLY}),
        ("%%no%%", {"start_month": 13}),
        ("%%no%%", {"start_month": 0}),
    ],
)
def test_a_format_whose_codes_would_come_twice_is_refused(format: str, options: dict[str, Any]) -> None:
    with pytest.raises(InvalidFormat) as refused:
        Sequence(format, **options)
    assert refused.value.pointer in ("/format", "/start_month")


@pytest.mark.parametrize("literal", ["A/", "A#", "A~", "A@", "A,", "A\n", "A" * 100])
def test_a_format_whose_codes_could_not_be_written_in_a_url_is_refused(literal: str) -> None:
    for options in ({"format": f"{literal}%%no%%"}, {"format": "%%no%%", "prefix": literal}):
        with pytest.raises(InvalidCode):
            Sequence(options["format"], prefix=options.get("prefix", ""))


fields = st.sampled_from(["%%year%%", "%%month#:0>2%%", "%%day#:0>2%%", "%%fiscal_year%%", "%%no#:0>2%%", "%%no%%"])
sequences: st.SearchStrategy[dict[str, Any]] = st.builds(
    dict,
    format=st.lists(fields, min_size=1, max_size=6).map("-".join),
    rotation=st.sampled_from(Rotation),
    start_month=st.none() | st.integers(1, 12),
    register_date=st.none() | st.dates(date(1990, 1, 1), date(2026, 1, 1)),
)


@settings(deadline=None)
@given(options=sequences, days=st.lists(st.dates(date(2026, 1, 1), date(2029, 1, 1)), max_size=40))
def test_whatever_the_format_no_code_comes_twice(options: dict[str, Any], days: list[date]) -> None:
    try:
        sequence = Sequence(**options)
    except InvalidFormat:
        return
    counts = Counter[str]()
    codes = list[str]()
    for day in sorted(days):
        counts[sequence.period(day)] += 1
        codes.append(sequence.code(counts[sequence.period(day)], on=day))
    assert len(set(codes)) == len(codes)


@settings(deadline=None)
@given(no=st.integers(1, 10**12), width=st.integers(1, 20))
def test_padding_never_cuts_a_number(no: int, width: int) -> None:
    code = Sequence(f"N%%no#:0>{width}%%").code(no, on=DAY)
    assert int(code[1:]) == no
    assert len(code) == 1 + max(width, len(str(no)))


@dataclass(frozen=True)
class Ticket:
    branch: str


def issue(*, branch: str = "HQ") -> Ticket:
    return Ticket(branch)


def _tickets(sequence: Sequence) -> Entity[Ticket, ...]:
    return Entity("TICKET", Ticket, create=issue, change={}, code=sequence)


def _at(store: Store, tenant: str, at: datetime, **numbering: Any) -> Writer:
    return Writer(Log(store, tenant), ORIGIN, clock=lambda: at, numbering=lambda: Numbering(**numbering))


@pytest.mark.parametrize("fast", [False, True])
def test_numbers_start_again_with_each_period(store: Store, tenant: str, fast: bool) -> None:
    tickets = _tickets(Sequence("%%year%%-%%month%%-%%no%%", fast=fast, rotation=Rotation.MONTHLY))
    november = datetime(2026, 11, 29, tzinfo=UTC)
    days = [november, november + timedelta(days=1), november + timedelta(days=2), november]
    codes = [_at(store, tenant, day).send(tickets.create()).version.code for day in days]
    assert codes == ["2026-11-1", "2026-11-2", "2026-12-1", "2026-11-3"]


def test_the_day_is_the_tenants(store: Store, tenant: str) -> None:
    tickets = _tickets(Sequence("%%year%%-%%no%%", rotation=Rotation.YEARLY))
    new_year = datetime(2026, 12, 31, 20, tzinfo=UTC)
    zones = [ZoneInfo("Asia/Tokyo"), ZoneInfo("America/New_York")]
    codes = [_at(store, tenant, new_year, zone=zone).send(tickets.create()).version.code for zone in zones]
    assert codes == ["2027-1", "2026-1"]


def test_numbers_are_counted_for_each_combination_of_codes(writer: Writer) -> None:
    tickets = _tickets(Sequence("%%code1%%-%%no%%", codes=(lambda ticket: ticket.branch,)))
    codes = [writer.send(tickets.create(branch=branch)).version.code for branch in ("B", "M", "B")]
    assert codes == ["B-1", "M-1", "B-2"]
    with pytest.raises(InvalidCode):
        writer.send(tickets.create(branch="B#M"))


def test_a_tenant_sets_up_its_own(store: Store, tenant: str) -> None:
    at, own = datetime(2026, 11, 1, tzinfo=UTC), {"format": "L%%year%%-%%no%%", "rotation": Rotation.YEARLY}
    writer = _at(store, tenant, at, own={"LAMP": own})
    assert [writer.send(LAMP.create(name="x")).version.code for _ in range(2)] == ["L2026-1", "L2026-2"]
    assert _at(store, tenant, at).send(LAMP.create(name="x")).version.code == "L-0001"


def test_a_code_read_from_a_state_is_looked_at_too(writer: Writer) -> None:
    for sku in ("a/b", "a#b", "a~b", ".."):
        with pytest.raises(InvalidCode):
            writer.send(WARE.create(sku=sku))


def test_a_code_that_is_taken_is_refused_and_uses_up_no_number(store: Store, tenant: str) -> None:
    at = datetime(2026, 11, 1, tzinfo=UTC)
    yearly = {"format": "%%year%%-%%no%%", "rotation": Rotation.YEARLY}
    _at(store, tenant, at, own={"LAMP": yearly}).send(LAMP.create(name="x"))
    never = _at(store, tenant, at, own={"LAMP": yearly | {"rotation": Rotation.NONE}})
    for _ in range(2):
        with pytest.raises(CodeTaken) as refused:
            never.send(LAMP.create(name="x"))
        assert refused.value.fields == {"taken": "2026-1"}
    assert store.number(*sequence_key(tenant, "LAMP")) == 0


def test_the_number_of_a_refused_command_is_not_used_up(writer: Writer) -> None:
    def refuse(*, name: str) -> Any:
        raise Broken

    lamps = Entity("LAMP", LAMP.state, create=refuse, change={}, code=LAMP.code)
    writer.send(LAMP.create(name="one"))
    with pytest.raises(Broken):
        writer.send(lamps.create(name="two"))
    assert writer.send(LAMP.create(name="two")).version.code == "L-0002"


def test_fast_numbers_go_to_one_each(store: Store, tenant: str) -> None:
    tickets, writer = _tickets(Sequence("%%no%%", fast=True)), Writer(Log(store, tenant), ORIGIN)
    with ThreadPoolExecutor(16) as pool:
        codes = list(pool.map(lambda _: writer.send(tickets.create()).version.code, range(96)))
    assert sorted(map(int, codes)) == list(range(1, 97))


def test_16_clients_in_two_processes_get_all_of_256_numbers(dynamo: DynamoStore, tenant: str) -> None:
    command = [sys.executable, "-m", "cqrs.tests.takers", tenant, "8", "16"]
    takers = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    codes = [code for taker in takers for code in taker.communicate()[0].split()]
    assert sorted(codes) == [f"L-{no:04}" for no in range(1, 257)]


def test_an_entity_that_is_not_numbered_has_no_sequence() -> None:
    with pytest.raises(TypeError):
        Numbering().sequence(WARE)


def test_nobody_waits_for_a_turn_forever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "TURN_WITHIN", 0.05)

    def take() -> None:
        with turns.turn("test"):
            raise AssertionError

    with ThreadPoolExecutor(1) as pool, turns.turn("test"):
        assert isinstance(pool.submit(take).exception(), Busy)
    with turns.turn("test"):
        pass
