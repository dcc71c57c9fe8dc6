"""What a worker does with its broker: it consumes, and no more. What workers would tell each other (Celery's gossip,
mingle, heartbeats, remote control) needs queues and exchanges of its own, classic ones on RabbitMQ; `/metrics` and
`/readyz` tell how workers are.

Nor is Celery's delayed delivery there, 28 exchanges and quorum queues: no task of ours has an `eta` or a `countdown`;
what is to be done later is a row with a time.
"""

from typing import Any

from celery.worker.consumer import Consumer

LEFT_OUT = "celery.worker.consumer.delayed_delivery:DelayedDelivery"
SILENT = {"without_gossip": True, "without_mingle": True, "without_heartbeat": True}


class QuietConsumer(Consumer):
    """Celery's, silent whatever the command line says."""

    class Blueprint(Consumer.Blueprint):  # type: ignore[misc, valid-type]  # the types take it for a variable
        """Its steps."""

        default_steps = [step for step in Consumer.Blueprint.default_steps if step != LEFT_OUT]

    def __init__(self, *args: Any, **options: Any) -> None:
        options["worker_options"] = {**(options.get("worker_options") or {}), **SILENT}
        super().__init__(*args, **options)
