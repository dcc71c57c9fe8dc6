"""Three hundred tenants: making them, looking at them, and bringing all their schemas up to date."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from django.db import connection
from psycopg import sql

from benchmarks.lines import Line, judged, spread
from benchmarks.rooms import Room, furnished_room, seconds, signed_in
from config.environment import ROOT
from tenants.provisioning import provision

FEW, LOOKS = 3, 100
SLOWER_MOST = 1.2
NOTHING_MOST, COLUMN_MOST = 60.0, 120.0
"""Seconds."""

COLUMN = """
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("todos", "{last}")]
    operations = [migrations.AddField("todorow", "one_more", models.TextField(null=True))]
"""


COPY = (
    "INSERT INTO {new} SELECT (json_populate_record(NULL::{new}, replace(to_json(each)::text, {was}, {code})::json)).*"
    " FROM {old} each"
)
"""Rows of another tenant, with this one's code wherever that one's stands."""


def lines(*, tenants: int) -> Iterator[Line]:
    """Pages of three, then of all; then the migrations."""
    few = [furnished_room(f"few-{number}") for number in range(FEW)]
    before = _looks(few)
    begun = time.perf_counter()
    rooms = [*few, *(_copied(few[0], f"many-{number}") for number in range(tenants - FEW))]
    rate = (tenants - FEW) / (time.perf_counter() - begun)
    yield Line(what=f"tenants made with an empty pool, up to {tenants}", rate=f"{rate:.1f} tenants/s")
    all_of_them, some = _side_by_side(rooms, few)
    ratio, beside = (median(all_of_them) / median(each) for each in (before, some))
    yield spread(f"list page; {FEW} tenants, while there are no others", before)
    found = judged(f"{ratio:.2f}", is_met=ratio <= SLOWER_MOST)
    what = f"list page; all {tenants} in turn, to {FEW} while there were no others"
    yield spread(what, all_of_them, bar=f"p50 ratio ≤ {SLOWER_MOST}", verdict=found)
    what = f"list page; the same {FEW} between those"
    yield spread(what, some, verdict=f"all the others take {beside:.2f} × as long")
    yield _migrated("nothing to do", tenants, NOTHING_MOST, "config.settings", "")
    with TemporaryDirectory() as folder:
        _one_more(Path(folder) / "wider_migrations")
        yield _migrated("one added column", tenants, COLUMN_MOST, "benchmarks.wider", folder)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_attribute WHERE attname = 'one_more'")
        assert cursor.fetchone()[0] >= tenants, "the column is not in every schema"


def _looks(rooms: Sequence[Room]) -> list[float]:
    """Seconds of each list page, one tenant after the other."""
    browser = signed_in(*rooms)
    return [seconds(browser, room) for _ in range(LOOKS // len(rooms)) for room in rooms]


def _side_by_side(rooms: Sequence[Room], few: Sequence[Room]) -> tuple[list[float], list[float]]:
    """A page of each, and in turns one of the few, so that what else the machine does is the same for both."""
    browser = signed_in(*rooms)
    pairs = [(seconds(browser, room), seconds(browser, few[number % len(few)])) for number, room in enumerate(rooms)]
    return [each for each, _ in pairs], [each for _, each in pairs]


def _copied(pattern: Room, code: str) -> Room:
    """A new tenant with the rows of another, as if it had written them itself."""
    tenant = provision(code, name=pattern.code.title(), owner_email="owner@rooms.example")
    new, old = sql.Identifier(tenant.schema_name, "todo"), sql.Identifier(pattern.schema, "todo")
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL(COPY).format(new=new, old=old, was=sql.Literal(pattern.code), code=sql.Literal(code)))
    return Room(code, tenant.schema_name)


def _one_more(folder: Path) -> None:
    """The todos' migrations, and one that adds a column."""
    shutil.copytree(ROOT / "todos" / "migrations", folder, ignore=shutil.ignore_patterns("__pycache__"))
    last = max(file.stem for file in folder.glob("0*.py"))
    (folder / "9999_one_more.py").write_text(COLUMN.format(last=last), "utf-8")


def _migrated(what: str, tenants: int, most: float, settings: str, path: str) -> Line:
    """`migrate_schemas` as a deployment runs it."""
    env = os.environ | {"DJANGO_SETTINGS_MODULE": settings, "PYTHONPATH": f"{ROOT}:{path}"}
    begun = time.perf_counter()
    subprocess.run(
        [sys.executable, "manage.py", "migrate_schemas"], cwd=ROOT, env=env, check=True, stdout=subprocess.DEVNULL
    )
    seconds = time.perf_counter() - begun
    found = judged(f"{seconds:.1f} s", is_met=seconds <= most)
    return Line(what=f"migrate_schemas; {tenants} tenants, {what}", bar=f"≤ {most:.0f} s", verdict=found)
