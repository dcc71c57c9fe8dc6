"""How many facts a second go out of a tenant into a file, and out of the file into a new tenant."""

import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.lines import Line
from benchmarks.stage import Stage
from cqrs.dynamodb.store import store
from cqrs.portable import about
from tenants.archive import export, from_file, restore
from tenants.models import Tenant


def lines(stage: Stage) -> Iterator[Line]:
    """All that the tenant has by now, out and in again."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / "bench.zip"
        begun = time.perf_counter()
        made = export(Tenant.objects.get(code=stage.tenant), file, store=store(), by="bench")
        rate = made.facts / (time.perf_counter() - begun)
        size = file.stat().st_size / made.facts
        yield Line(what=f"export of {made.facts} facts", rate=f"{rate:.0f} facts/s", verdict=f"{size:.0f} bytes a fact")
        begun, used = time.perf_counter(), time.process_time()
        facts = restore(from_file(file), into=f"{stage.tenant}-copy", store=store(), by="bench")
        rate, each = facts / (time.perf_counter() - begun), (time.process_time() - used) / facts
    whole = about(f"{stage.tenant}-copy") == made.facts
    found = f"{each * 1e6:.0f} µs of our processor time each{'' if whole else ', NOT WHOLE'}"
    yield Line(
        what=f"restore of {facts} facts from that file, and showing them", rate=f"{rate:.0f} facts/s", verdict=found
    )
