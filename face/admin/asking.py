"""Buttons of a read model's page: each sends a command in its tenant, in the name of who presses it, for a reason."""

from datetime import timedelta
from functools import partial
from typing import Any

from django.contrib import messages
from django.contrib.admin.utils import quote, unquote
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django_tenants.utils import schema_context

from cqrs.decide import Origin
from cqrs.domain import Actor, Command, Refused, Version
from cqrs.dynamodb.store import store
from cqrs.log import Log
from cqrs.numbering.settings import numbering_of
from cqrs.projections import projection_of
from cqrs.projector.schemas import schema_of
from cqrs.tasks import ring
from cqrs.writer import Answer, Writer
from face.admin.reasons import ReasonForm, staff_id
from face.consistency import wait_for
from face.forms import once
from face.kept.audit import note
from face.standing import check_standing

WAIT = timedelta(seconds=0.5)
"""How long the page waits for what the button has changed."""


def ask(request: HttpRequest, form: ReasonForm, object_id: str, rule: str, **args: Any) -> HttpResponse:
    """Ask a rule of the entity whose row this is, once for each time its dialog is shown, and go back to its page,
    which says what came of it. The reason is noted in the audit; a rule that takes one gets it among `args`."""
    id = unquote(object_id)
    try:
        answer = _send(request, id, rule, args)
    except Refused as refused:
        messages.error(request, refused.detail)
    else:
        version = answer.version
        if not answer.replayed:
            _note(request, version, form.cleaned_data["reason"])
        with schema_context(schema_of(version.tenant_code)):
            wait_for({version.id: version.version}, tenant=version.tenant_code, most=WAIT)
        messages.success(request, f"{version.code or version.name}: {version.fact.replace('_', ' ')}.")
    row = projection_of(id.partition("#")[0]).model
    assert row is not None, "what has a page has rows"
    page = f"admin:{row._meta.app_label}_{row._meta.model_name}_change"
    return HttpResponse(headers={"HX-Redirect": reverse(page, args=[quote(id)])})


def _send(request: HttpRequest, id: str, rule: str, args: dict[str, Any]) -> Answer[Any]:
    """The id says whose it is: staff may press in every tenant that is active."""
    type, tenant, sk = id.split("#", 2)
    check_standing(tenant)
    entity = projection_of(type).entity
    origin = Origin(
        actor=Actor(staff_id(request)),
        request_id=getattr(request, "request_id", ""),
        source="admin",
        ip=request.META.get("REMOTE_ADDR", ""),
    )
    writer = Writer(Log(store(), tenant), origin, ring=ring, numbering=partial(numbering_of, tenant))
    return writer.send(Command(entity, entity.rule(rule), args, sk), once=once(request))


def _note(request: HttpRequest, version: Version[Any], reason: str) -> None:
    action, subject = f"{version.type.lower()}.{version.fact}", version.code or version.sk
    note(request, tenant=version.tenant_code, by=version.by, action=action, subject=subject, reason=reason)
