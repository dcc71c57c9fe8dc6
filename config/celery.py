"""The Celery application. Messages are a doorbell only; what must happen happens without them too."""

import os
import sys
from importlib import import_module
from typing import Any

from celery import Celery
from celery.signals import beat_init, worker_init
from django.core.management.base import SystemCheckError

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")


def route(name: str, *_: Any, task: Any = None, **__: Any) -> dict[str, str]:
    """The queue of a task's kind. Its module is imported where it is called, for it is called by name only here."""
    kind = getattr(task or app.tasks.get(name), "kind", None)
    return {"queue": str(kind)} if kind else {}


app = Celery("tenfold")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@beat_init.connect
@worker_init.connect
@beat_init.connect
def _fenced(**_: Any) -> None:
    """Workers and the clock start behind the same fences as the web process. Celery would log what a handler raises,
    and go on."""
    try:
        import_module("config.checks").refuse_to_start()
    except SystemCheckError as error:
        sys.exit(str(error))
