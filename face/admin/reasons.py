"""Buttons of the staff's side: each asks why, and says what came of it."""

from uuid import uuid4

from django import forms
from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from unfold.forms import BaseDialogForm
from unfold.widgets import UnfoldAdminTextInputWidget


class ReasonForm(BaseDialogForm):  # type: ignore[misc]  # unfold is untyped
    """Asks for a reason, which is kept with what is done. `once` is new each time it is shown, so that pressing twice
    is asking once."""

    reason = forms.CharField(max_length=500, widget=UnfoldAdminTextInputWidget(attrs={"autofocus": True}))
    once = forms.CharField(required=False, initial=lambda: uuid4().hex, widget=forms.HiddenInput)


def done(request: HttpRequest, text: str, *, back: str, failed: bool = False) -> HttpResponse:
    """The answer of a dialog that has done its work: say so on the page named `back`, `admin:stream_parked_changelist`
    for one."""
    messages.add_message(request, messages.ERROR if failed else messages.SUCCESS, text)
    return HttpResponse(headers={"HX-Redirect": reverse(back)})


def staff_id(request: HttpRequest) -> str:
    """Who presses the button, as facts and decisions name them: `staff:7`."""
    return f"staff:{request.user.pk}"


def tenant_of(object_id: str) -> str:
    """Whose a read model's row is, by its id as a page's address has it: `acme` of `ORDER#acme#…`. Http404 for what is
    no such id."""
    parts = unquote(object_id).split("#", 2)
    if len(parts) < 3:
        raise Http404
    return parts[1]
