"""What every worker and beat does besides its work: it says that it is there, and lets its counters be scraped. The web
process does so from `config.wsgi`."""

from typing import Any

from celery.signals import beat_init, worker_init

from config.models import ProcessSeen
from config.presence import keep_presence
from config.worker_metrics import serve_counters
from cqrs.sign_of_life import give_sign, keep_giving_signs
from cqrs.tasks import is_following


@worker_init.connect
def _begin_worker(sender: Any, **_: Any) -> None:
    """From here on the loop of a worker that follows the log, which looks once a second, gives its signs of life
    (`cqrs.tasks`); all others are there for messages alone."""
    if is_following(sender):
        give_sign()
    else:
        keep_giving_signs()
    keep_presence(ProcessSeen.Kind.WORKER)
    serve_counters()


@beat_init.connect
def _begin_beat(**_: Any) -> None:
    keep_giving_signs()
    keep_presence(ProcessSeen.Kind.BEAT)
