"""Every counter and histogram that the kernel itself moves, in one place.

No label names a tenant, an entity or a person: their number grows with the customers, and each would be a series of its
own for as long as the process lives. Types, rules, codes and operations are as many as the source code names.
"""

import os
from pathlib import Path

if folder := os.environ.get("PROMETHEUS_MULTIPROC_DIR"):  # where the processes of a machine add up what they count
    Path(folder).mkdir(parents=True, exist_ok=True)
else:
    os.environ.pop("PROMETHEUS_MULTIPROC_DIR", None)  # empty, it would mean the folder that is current

from prometheus_client import Counter, Histogram  # it looks for that folder where it is imported

FAST = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0)
"""Seconds. Bounds of the buckets of what should take milliseconds."""

COMMANDS = Counter("tenfold_commands", "Commands, by what became of them.", ["type", "rule", "result", "code"])
COMMAND_SECONDS = Histogram("tenfold_command_seconds", "From the command to its answer.", ["type"], buckets=FAST)
CONFLICTS = Counter("tenfold_conflicts", "Commands refused for the version they were decided on.", ["type"])
RETRIES = Counter("tenfold_command_retries", "Tries that lost to others and were followed by another.", ["lost"])

STORE_REQUESTS = Counter("tenfold_store_requests", "Requests to DynamoDB, each send.", ["operation", "outcome"])
STORE_ERRORS = Counter("tenfold_store_errors", "Errors of DynamoDB that were no answers.", ["kind", "code"])
STORE_SECONDS = Histogram("tenfold_store_request_seconds", "Requests to DynamoDB.", ["operation"], buckets=FAST)

EVENTS = Counter("tenfold_projection_events", "Facts delivered to the projector, repeats as well.")
LINES = Counter("tenfold_projection_lines", "Journal lines written.")
BATCH_SECONDS = Histogram("tenfold_projection_batch_seconds", "Batches shown, fetching included.", buckets=FAST)
BATCHES_FAILED = Counter("tenfold_projection_batches_failed", "Batches that raised an error and come again.")
SLICES = Counter("tenfold_slices", "Slices of following.", ["cause"])
FOLLOWERS_DIED = Counter("tenfold_followers_died", "Processes that follow the stream and died of it.")
LEASES_LOST = Counter("tenfold_leases_lost", "Leases that somebody else took from a slow holder.")
MESSAGES = Counter("tenfold_messages", "Messages to workers, but for the doorbell.", ["outcome"])
RINGS = Counter("tenfold_doorbell_rings", "Rings of the doorbell.", ["outcome"])

CLOCK_REFUSALS = Counter("tenfold_clock_refusals", "Writes refused because this process's clock is wrong.")
