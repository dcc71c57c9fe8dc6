"""Fences that must stand before anything starts: Django runs these checks with each command."""

from collections.abc import Iterator, Sequence
from importlib.util import find_spec
from inspect import Parameter, signature
from typing import Any

from django.apps import AppConfig, apps
from django.conf import settings
from django.core.checks import CheckMessage, Error, register, run_checks
from django.core.management.base import SystemCheckError
from django.db import models
from django.utils.module_loading import autodiscover_modules

from config.celery import app
from config.environment import environment
from cqrs.models import Home
from cqrs.queues import TIME_LIMITS, Queue
from cqrs.tenant_tasks import TenantTask

MAX_VISIBILITY = 12 * 3600
"""Seconds for which SQS can hide a message."""

FENCE = "give it `tenant = cqrs.models.tenant_code()`"


def refuse_to_start() -> None:
    """Raise SystemCheckError where a fence between tenants is not there: nobody is served, nothing is worked at."""
    if missing := [each for each in run_checks(tags=["tenfold"], databases=["default"]) if each.is_serious()]:
        raise SystemCheckError("\n".join(map(str, missing)))


@register("tenfold")
def tenant_models_are_fenced(app_configs: Sequence[AppConfig] | None, **_: Any) -> list[CheckMessage]:
    """E001: a table of the tenants' schemas that would take a row of another tenant."""
    return [
        Error(
            f"{model._meta.label} has no fence against rows of other tenants.", hint=FENCE, obj=model, id="tenfold.E001"
        )
        for model in tenant_models()
        if not is_fenced(model)
    ]


@register("tenfold")
def tasks_have_a_tenant(app_configs: Sequence[AppConfig] | None, **_: Any) -> list[CheckMessage]:
    """E002: a task that neither takes a tenant nor says why not."""
    hint = "base=TenantTask with the keyword `tenant`, or base=CommonTask with without_tenant=<why>"
    return [
        Error(f"The task {name} has no tenant.", hint=hint, obj=name, id="tenfold.E002")
        for name, task in own_tasks()
        if not (_takes_tenant(task) if isinstance(task, TenantTask) else getattr(task, "without_tenant", ""))
    ]


@register("tenfold")
def tasks_have_a_kind(app_configs: Sequence[AppConfig] | None, **_: Any) -> list[CheckMessage]:
    """E005: a task of no kind, which would wait among the short ones, without their time limit."""
    return [
        Error(f"The task {name} names no kind.", hint="kind=cqrs.queues.Queue.…", obj=name, id="tenfold.E005")
        for name, task in own_tasks()
        if not isinstance(getattr(task, "kind", None), Queue)
    ]


@register("tenfold")
def messages_outlive_tasks(app_configs: Sequence[AppConfig] | None, **_: Any) -> list[CheckMessage]:
    """E007: a broker that delivers a message again while its task still may run."""
    seconds, least = environment().broker_visibility_seconds, max(TIME_LIMITS.values())
    if least < seconds <= MAX_VISIBILITY:
        return []
    told = f"TENFOLD_BROKER_VISIBILITY_SECONDS is {seconds}."
    hint = f"more than {least:g}, the time limit of a task, and at most {MAX_VISIBILITY}, as SQS has it"
    return [Error(told, hint=hint, id="tenfold.E007")]


@register("tenfold")
def sqs_can_be_read(app_configs: Sequence[AppConfig] | None, **_: Any) -> list[CheckMessage]:
    """E008: Amazon SQS as the broker, without the library that kombu reads it with."""
    if not environment().broker.startswith("sqs:") or find_spec("pycurl"):
        return []
    return [Error("CELERY_BROKER_URL is sqs://, and pycurl is missing.", hint="make install-sqs", id="tenfold.E008")]


@register("tenfold")
def nothing_is_shared_between_tenants(app_configs: Sequence[AppConfig] | None, **_: Any) -> Iterator[CheckMessage]:
    """E003, E004: a cache without the schema in its keys, cookies of more than one host."""
    for alias, cache in settings.CACHES.items():
        if cache.get("KEY_FUNCTION") != "django_tenants.cache.make_key":
            yield Error(f"Tenants share the cache {alias!r}.", hint="KEY_FUNCTION", id="tenfold.E003")
    for name in ("SESSION_COOKIE_DOMAIN", "CSRF_COOKIE_DOMAIN"):
        if getattr(settings, name):
            yield Error(f"{name} gives a cookie to every tenant's host.", hint="leave it out", id="tenfold.E004")


def tenant_models() -> list[type[models.Model]]:
    """The models of the tenants' schemas, but for the home that they refer to."""
    known = {config.name: config for config in apps.get_app_configs()}
    found = [model for name in settings.TENANT_APPS for model in known[name].get_models()]
    return [model for model in found if model is not Home and model._meta.managed]


def is_fenced(model: type[models.Model]) -> bool:
    """Whether each of its rows must refer to its schema's home."""
    fields = model._meta.concrete_fields
    return any(each.related_model is Home and not each.null and each.db_constraint for each in fields)  # type: ignore[attr-defined]


def own_tasks() -> list[tuple[str, Any]]:
    """Every task that a worker of ours knows, but for Celery's own."""
    autodiscover_modules("tasks")
    return sorted((name, task) for name, task in app.tasks.items() if not name.startswith("celery."))


def _takes_tenant(task: TenantTask) -> bool:
    taken = signature(task.run).parameters.get("tenant")
    return taken is not None and taken.kind is Parameter.KEYWORD_ONLY and taken.default is Parameter.empty
