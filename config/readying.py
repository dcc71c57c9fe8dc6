"""What the first visitor would wait for is done by a process before it answers: views are imported and addresses known,
templates read, the clients of the log and of the broker made. None of it asks a store, which may not be there yet."""

import gc
from collections.abc import Iterator
from itertools import chain

from celery import current_app
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import get_default_password_validators
from django.db import connection
from django.template import Engine
from django.template.loader import get_template
from django.template.utils import get_app_template_dirs
from django.urls import get_resolver

from config.environment import ROOT
from cqrs.dynamodb.client import dynamodb


def make_ready() -> None:
    """Takes about a second."""
    for urls in (settings.ROOT_URLCONF, settings.PUBLIC_SCHEMA_URLCONF):
        get_resolver(urls).reverse_dict  # noqa: B018  # made when it is asked for first
    for name in _templates():
        get_template(name)
    Engine.get_default().template_context_processors  # noqa: B018  # as all that follows
    get_default_password_validators()
    make_password("")
    connection.pool  # type: ignore[attr-defined]  # noqa: B018  # of Django's own backend
    dynamodb()
    current_app.connection_for_write().transport_cls  # noqa: B018
    gc.collect()
    gc.freeze()  # what is there now stays: no collection looks at it again


def _templates() -> Iterator[str]:
    """The names of our own templates."""
    for folder in chain([ROOT / "config" / "templates"], get_app_template_dirs("templates")):
        if folder.is_relative_to(ROOT) and ".venv" not in folder.parts:
            files = (path for path in folder.rglob("*") if path.suffix in (".html", ".txt"))
            yield from (str(path.relative_to(folder)) for path in files)
