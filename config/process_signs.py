"""What every worker and beat does besides its work: it says that it is there, and lets its counters be scraped. The web
process does so from `config.wsgi`."""

from typing import Any

from celery.signals import beat_init, worker_init

from config.models import ProcessSeen
from config.presence import keep_presence
from config.worker_metrics import serve_counters
from cqrs.sign_of_life import give_sign, keep_giving_signs


@worker_init.connect
def _begin_worker(**_: Any) -> None:
    """From here on its own loop, which looks once a second, gives the signs of life (`cqrs.tasks`)."""
    give_sign()
    keep_presence(ProcessSeen.Kind.WORKER)
    serve_counters()


@beat_init.connect
def _begin_beat(**_: Any) -> None:
    keep_giving_signs()
    keep_presence(ProcessSeen.Kind.BEAT)
