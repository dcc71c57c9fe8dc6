"""What the buttons of subscriptions and invoices ask for, and always why."""

from typing import Any

from django import forms
from unfold.widgets import (
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminSplitDateTimeWidget,
    UnfoldAdminTextInputWidget,
)

from billing.domain import INVOICE, Metric
from cqrs.domain import Rotation
from cqrs.numbering.settings import numbering_of
from face.admin import ReasonForm, tenant_of

METRICS = [(metric.value, metric.replace("_", " ")) for metric in Metric]
ROTATIONS = [(each.value, each.replace("_", " ")) for each in Rotation]


class OverrideForm(ReasonForm):
    """Another limit: of what, how much, until when, and why."""

    metric = forms.ChoiceField(choices=METRICS, widget=UnfoldAdminSelectWidget)
    most = forms.IntegerField(
        required=False, min_value=0, widget=UnfoldAdminIntegerFieldWidget, help_text="Empty is without limit."
    )
    expires_at = forms.SplitDateTimeField(
        required=False, widget=UnfoldAdminSplitDateTimeWidget, help_text="Empty is until it is lifted."
    )
    field_order = ("metric", "most", "expires_at", "reason")


class LiftForm(ReasonForm):
    """Which override ends, and why."""

    metric = forms.ChoiceField(choices=METRICS, widget=UnfoldAdminSelectWidget)
    field_order = ("metric", "reason")


class CreditForm(ReasonForm):
    """How much is given back, and why."""

    amount = forms.IntegerField(min_value=1, widget=UnfoldAdminIntegerFieldWidget, help_text="In minor units.")
    field_order = ("amount", "reason")


class NumberForm(ReasonForm):
    """How a tenant's invoices are numbered from now on, and why; it shows how they are."""

    format = forms.CharField(max_length=200, widget=UnfoldAdminTextInputWidget)
    rotation = forms.TypedChoiceField(choices=ROTATIONS, coerce=Rotation, widget=UnfoldAdminSelectWidget)
    prefix = forms.CharField(required=False, max_length=50, widget=UnfoldAdminTextInputWidget)
    postfix = forms.CharField(required=False, max_length=50, widget=UnfoldAdminTextInputWidget)
    field_order = ("format", "rotation", "prefix", "postfix", "reason")

    def __init__(self, *args: Any, object_id: str, **options: Any) -> None:
        super().__init__(*args, object_id=object_id, **options)
        sequence = numbering_of(tenant_of(object_id)).sequence(INVOICE)
        self.initial |= {name: getattr(sequence, name) for name in ("format", "rotation", "prefix", "postfix")}


def dialog(title: str, description: str, form: type[ReasonForm] = ReasonForm) -> dict[str, Any]:
    """The dialog that a button opens."""
    return {"title": title, "description": description, "form_class": form}
