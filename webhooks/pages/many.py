"""The page of all webhooks, with the form that makes one; its secret is in the answer to that form and nowhere else."""

from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods

from cqrs.domain import Refused
from face.forms import refused_at, status_of
from face.kept import Made
from face.web import signed_in
from tenants.pages.changes import make_secret, principal_of, tenant_of
from webhooks import endpoints
from webhooks.models import Endpoint
from webhooks.pages.parts import MANAGE, offered, state_of, typed


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@signed_in(MANAGE)
def webhooks(request: HttpRequest) -> HttpResponse:
    """All of them, the newest first."""
    if request.method != "POST":
        return _shown(request)
    try:
        form = typed(request)  # looks up a name, which no transaction should wait for
        return _shown(request, made=make_secret(request, lambda: _create(request, form), action="webhook.created"))
    except Refused as refused:
        return _shown(request, refused=refused)


def _create(request: HttpRequest, form: Mapping[str, Any]) -> Made:
    return endpoints.made(tenant_of(request), **form, by=principal_of(request).actor.id)


@sensitive_variables("made")
def _shown(request: HttpRequest, *, made: object = None, refused: Refused | None = None) -> HttpResponse:
    rows = Endpoint.objects.filter(tenant=tenant_of(request)).order_by("-created_at")
    shown = {
        "webhooks": [(each, state_of(each)) for each in rows],
        "offered": offered(),
        "once": uuid4().hex,
        "made": made,
        "typed": request.POST if refused else {},
        "chosen": request.POST.getlist("events") if refused else ["*"],
        "errors": refused_at(refused) if refused else {},
    }
    return render(request, "settings/webhooks.html", shown, status=status_of(refused))
