"""The canary: a word that stands in every text column of the victim, and may be seen nowhere else."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from django.apps import apps
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone
from django_tenants.utils import schema_context

from cqrs.models import Home
from cqrs.stream.models import HeldTenant
from tenants.models import Tenant, User

CANARY = "zanzicanary"
"""Small letters, and few: it fits into every column, a host's name too."""

NAME = f"{CANARY}-home"
"""The victim's name. Whoever comes to its door may read it there, and nowhere else."""

NUMBER = 9_000_001
LEFT_OUT: tuple[type[models.Model], ...] = (Home, HeldTenant, Tenant)
"""The fence itself, what would stop the victim's journal, and the tenant, whose name is a canary from the start."""

TEXTS = (models.CharField, models.TextField)


def tenant_models() -> list[type[models.Model]]:
    """The models of the tenants' schemas."""
    return _models(settings.TENANT_APPS)


def control_models() -> list[type[models.Model]]:
    """The models of the public schema whose rows belong to a tenant."""
    return [model for model in _models(settings.SHARED_APPS) if owner_field(model)]


def owner_field(model: type[models.Model]) -> str | None:
    """The field that says whose a row is: a tenant, or its code."""
    for field in model._meta.concrete_fields:
        if field.related_model is Tenant or field.name == "tenant_code":
            return field.name
    return None


@contextmanager
def planted(tenant: Tenant, person: User) -> Iterator[dict[type[models.Model], Any]]:
    """A row of each model with the canary in each text column, for as long as this lasts: tests of the whole log would
    find them to be no part of it."""
    rows: dict[type[models.Model], Any] = {}
    wanted = [(tenant.schema_name, model) for model in tenant_models()]
    wanted += [("public", model) for model in control_models()]
    try:
        for schema, model in wanted:
            if model not in LEFT_OUT and any(map(_is_plantable, model._meta.concrete_fields)):
                with schema_context(schema):
                    rows[model] = _plant(model, tenant, person)
        yield rows
    finally:
        for schema, model in reversed(wanted):
            if model in rows:
                with schema_context(schema):
                    model._base_manager.filter(pk=rows[model].pk).delete()


def _models(labels: list[str]) -> list[type[models.Model]]:
    known = {config.name: config for config in apps.get_app_configs()}
    return [model for label in labels if label in known for model in known[label].get_models() if model._meta.managed]


def _is_plantable(field: Any) -> bool:
    is_text = isinstance(field, (*TEXTS, models.JSONField, ArrayField))
    return is_text and not field.choices and field.name != "tenant_code"


def row_of(model: type[models.Model], tenant: Tenant, person: User) -> models.Model:
    """A row of the tenant with the canary in each text column, not saved."""
    wanted = [field for field in model._meta.concrete_fields if not isinstance(field, models.AutoField)]
    return model(**{field.attname: _value(field, tenant, person) for field in wanted})


def _plant(model: type[models.Model], tenant: Tenant, person: User) -> models.Model:
    row = row_of(model, tenant, person)
    model._base_manager.bulk_create([row])  # no signal, no `save` of its own: the columns are what is meant
    return row


def _value(field: Any, tenant: Tenant, person: User) -> Any:
    owners = {Tenant: tenant.pk, Home: tenant.code, User: person.pk}
    kinds: dict[Any, Any] = {
        models.JSONField: {"note": CANARY},
        ArrayField: [CANARY],
        models.EmailField: f"{CANARY}@victim.example",
        models.DateTimeField: timezone.now() + timedelta(days=1),
        models.DateField: timezone.now().date(),
        models.BooleanField: False,
        models.IntegerField: 1,
        models.BigIntegerField: NUMBER,
        models.DecimalField: 1,
        models.BinaryField: CANARY.encode(),
    }
    if field.name == "tenant_code":
        return tenant.code
    if field.related_model:
        return owners.get(field.related_model)
    if field.choices:
        return field.choices[-1][0]
    found = next((value for kind, value in kinds.items() if type(field) is kind), None)
    return CANARY if found is None and isinstance(field, TEXTS) else field.get_default() if found is None else found
