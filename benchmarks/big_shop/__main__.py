"""One run: fill two shops, read them in turns, look at the plans, print the table."""

import argparse
import os
import sys

import django

from benchmarks import report
from benchmarks.stage import own_stores, prepare, stage_of

FEWER = 100
"""By how much smaller the other shop is."""


def main() -> None:
    """Measure, and print the table; exit 1 where a bar is missed."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--products", type=int, default=10_000)
    asked.add_argument("--orders", type=int, default=100_000)
    asked.add_argument("--reads", type=int, default=100, help="of each kind, from each shop")
    given = asked.parse_args()
    with own_stores():
        os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
        django.setup()
        from benchmarks.big_shop import filling, plans, reads  # noqa: PLC0415  # imported once Django is set up

        prepare()
        few, many = stage_of("few"), stage_of("many")
        filling.fill_shop(few, products=max(1, given.products // FEWER), orders=max(1, given.orders // FEWER))
        filling.fill_shop(many, products=given.products, orders=given.orders)
        lines = [*reads.lines(few, many, times=given.reads, orders=given.orders), *plans.lines(many)]
    sys.stdout.write(f"{report.table(lines)}\n")
    sys.exit(any("MISSED" in line.verdict for line in lines))


if __name__ == "__main__":
    main()
