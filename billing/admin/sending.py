"""Sending a command for a button, as the member of staff who pressed it."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from billing.clerk import writer_of
from cqrs.domain import Command, Refused
from face.admin import ReasonForm, staff_id, tenant_of
from face.forms import once
from face.kept import note


def send(request: HttpRequest, form: ReasonForm, object_id: str, command: Command[Any], *, row: Any) -> HttpResponse:
    """Send it once for each time the dialog is shown, and say on the page what has become of it. The reason is noted
    in the audit, and stands on the fact's source."""
    tenant, by, reason = tenant_of(object_id), staff_id(request), form.cleaned_data["reason"]
    writer = writer_of(tenant, by=by, source=f"admin: {reason}", request_id=getattr(request, "request_id", ""))
    try:
        answer = writer.send(command, once=once(request))
    except Refused as refused:
        messages.error(request, refused.detail)
        return back(row, object_id)
    made = answer.version
    if not answer.replayed:
        subject = made.code or made.sk
        note(request, tenant=tenant, by=by, action=f"{made.type.lower()}.{made.fact}", subject=subject, reason=reason)
    messages.success(request, f"{made.fact.replace('_', ' ').capitalize()}.")
    return back(row, object_id)


def back(row: Any, object_id: str) -> HttpResponse:
    """To the page of the row that the button is on."""
    page = f"admin:{row._meta.app_label}_{row._meta.model_name}_change"
    return HttpResponse(headers={"HX-Redirect": reverse(page, args=[object_id])})
