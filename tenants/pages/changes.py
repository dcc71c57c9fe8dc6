"""A change that a form asks for: made with its audit line, once for each form that was shown; said in the page."""

from collections.abc import Callable
from typing import Any, cast

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from cqrs.domain import NotFound, Refused
from face.forms import once
from face.kept import Made, note
from face.kept.receipts import once_only
from tenants.models import Tenant
from tenants.principal import Principal
from tenants.requests import TenantRequest


def principal_of(request: HttpRequest) -> Principal:
    """Who is signed in, on a page for those who are."""
    return cast(Principal, cast(TenantRequest, request).principal)


def tenant_of(request: HttpRequest) -> Tenant:
    """The host's tenant."""
    return cast(TenantRequest, request).tenant


def make(request: HttpRequest, change: Callable[[], Made], *, action: str, said: str) -> bool:
    """Make the change and say `said`, or say why not. False where it was refused; NotFound goes on, to be a 404."""
    try:
        with transaction.atomic():
            _audited(request, change, action=action)
    except NotFound:
        raise
    except Refused as refused:
        messages.error(request, refused.detail)
        return False
    messages.success(request, said)
    return True


def pressed(request: HttpRequest, change: Callable[[], Made], *, action: str, said: str, back: str) -> HttpResponse:
    """What a button is answered with: the change made, or not, and the page called `back`, which says so."""
    make(request, change, action=action, said=said)
    return redirect(back)


def make_secret(request: HttpRequest, change: Callable[[], Made], *, action: str) -> Any:
    """Make the change once for the form that was sent, its hidden field `once`; what it made, to be shown once.
    AlreadyDone where the form is sent again, and what the change refuses."""
    found = once_only(
        lambda: _audited(request, change, action=action),
        tenant=tenant_of(request).code,
        once=once(request),
        status=200,
        is_secret=True,
    )
    return found.answer


def _audited(request: HttpRequest, change: Callable[[], Made], *, action: str) -> Made:
    made, principal = change(), principal_of(request)
    if made.changed:
        whose = {"tenant": principal.tenant, "by": principal.actor.id, "on_behalf_of": principal.on_behalf_of}
        note(request, action=action, subject=made.subject, detail=made.detail, **whose)
    return made
