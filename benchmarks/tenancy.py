"""What tenants cost a request: the same page of the same rows, with tenants and without, in turns."""

from collections.abc import Iterator
from statistics import median

from benchmarks.browser import Browser
from benchmarks.lines import Line, judged, spread
from benchmarks.rooms import furnished_room, seconds, signed_in
from benchmarks.twin import twin

MOST = 1.1
WARM_UP = 30


def lines(*, requests: int) -> Iterator[Line]:
    """A list page of a member who is signed in."""
    room = furnished_room("tenancy")
    with twin("plain", BENCH_TENANT=room.code, BENCH_SCHEMA=room.schema) as port:
        ours = signed_in(room)
        plain = Browser(port=port, cookies={host: dict(each) for host, each in ours.cookies.items()})
        taken: dict[str, list[float]] = {"ours": [], "plain": []}
        for _ in range(requests + WARM_UP):
            taken["ours"].append(seconds(ours, room))
            taken["plain"].append(seconds(plain, room))
    with_tenants, without = taken["ours"][WARM_UP:], taken["plain"][WARM_UP:]
    ratio = median(with_tenants) / median(without)
    yield spread("list page, without tenants", without)
    found = judged(f"{ratio:.2f}", is_met=ratio <= MOST)
    yield spread("list page, to that without tenants", with_tenants, bar=f"p50 ratio ≤ {MOST}", verdict=found)
