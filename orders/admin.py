"""Staff's view of the shop; each button sends a command, with a reason.

A little past the usual length: one class for each list that staff see, and nothing else.
"""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from unfold.widgets import UnfoldAdminIntegerFieldWidget

from face.admin import ReasonForm, TenantAdmin, ask, button
from orders.domain.stock import QUANTITY_MOST
from orders.models import HoldRow, OrderRow, ProductRow, StockRow, TaxRateRow
from orders.queries import stock


class AdjustForm(ReasonForm):
    """By how much, and why."""

    quantity = forms.IntegerField(
        min_value=-QUANTITY_MOST,
        max_value=QUANTITY_MOST,
        widget=UnfoldAdminIntegerFieldWidget,
        help_text="Units that are on hand and were not counted; below 0 for units that are not there.",
    )
    field_order = ("quantity", "reason")


class ThresholdForm(ReasonForm):
    """From how few units on it is low, and why."""

    low_stock_at = forms.IntegerField(
        required=False,
        min_value=0,
        max_value=QUANTITY_MOST,
        widget=UnfoldAdminIntegerFieldWidget,
        help_text="Available units from which on it counts as low; empty for never.",
    )
    field_order = ("low_stock_at", "reason")


def _dialog(title: str, description: str, form: type[ReasonForm] = ReasonForm) -> dict[str, Any]:
    return {"title": title, "description": description, "form_class": form}


RETIRE = _dialog("Retire this product", "It is not sold any more, and stays in the orders it is in.")
ADJUST = _dialog("Adjust this stock", "The movement names you and the reason.", AdjustForm)
THRESHOLD = _dialog("Set the threshold", "Who runs the shop is told when it is reached.", ThresholdForm)
RELEASE = _dialog("Release this hold", "Its units are everybody's again.")
CONFIRM = _dialog("Confirm this order", "It will be done.")
PROCESS = _dialog("Process this order", "It is being packed.")
SHIP = _dialog("Ship this order", "All that waits leaves the house, and the stock with it.")
DELIVER = _dialog("Deliver this order", "It has arrived.")
CANCEL = _dialog("Cancel this order", "What is reserved for it is available again. The customer is told the reason.")


@admin.register(ProductRow)
class ProductAdmin(TenantAdmin):
    list_display = ("code", "name", "category", "is_active", "version", "updated_at")
    list_filter = ("is_active",)
    search_fields = ("code", "name")
    actions_detail = ("retire",)

    @button("Retire", right="orders.retire_productrow", icon="sell", dialog=RETIRE)
    def retire(self, request: HttpRequest, form: ReasonForm, object_id: str) -> HttpResponse:
        """Sell it no more."""
        return ask(request, form, object_id, "retire")


@admin.register(StockRow)
class StockAdmin(TenantAdmin):
    list_display = ("code", "on_hand", "reserved", "available", "low_stock_at", "is_low", "version", "updated_at")
    list_filter = ("is_low",)
    search_fields = ("code",)
    actions_detail = ("adjust", "set_threshold")

    def get_queryset(self, request: HttpRequest) -> QuerySet[StockRow]:
        """With what the ledger makes each number."""
        return stock().order_by("code")

    @admin.display
    def on_hand(self, row: StockRow) -> int:
        """Units in the house."""
        return row.on_hand  # type: ignore[attr-defined, no-any-return]  # annotated

    @admin.display
    def reserved(self, row: StockRow) -> int:
        """Units promised."""
        return row.reserved  # type: ignore[attr-defined, no-any-return]

    @admin.display
    def available(self, row: StockRow) -> int:
        """The rest."""
        return row.available  # type: ignore[attr-defined, no-any-return]

    @button("Adjust", right="orders.adjust_stockrow", icon="tune", dialog=ADJUST)
    def adjust(self, request: HttpRequest, form: AdjustForm, object_id: str) -> HttpResponse:
        """Correct what is on hand; the reason stands in the movement, too."""
        given = form.cleaned_data
        return ask(request, form, object_id, "adjust", quantity=given["quantity"], reason=given["reason"])

    @button("Threshold", right="orders.set_threshold_stockrow", icon="notifications", dialog=THRESHOLD)
    def set_threshold(self, request: HttpRequest, form: ThresholdForm, object_id: str) -> HttpResponse:
        """Say from when on it is low."""
        return ask(request, form, object_id, "set_threshold", low_stock_at=form.cleaned_data["low_stock_at"])


@admin.register(OrderRow)
class OrderAdmin(TenantAdmin):
    list_display = ("code", "status", "customer_id", "placed_at", "version", "updated_at")
    list_filter = ("status",)
    search_fields = ("code", "customer_id")
    actions_detail = ("confirm", "process", "ship", "deliver", "cancel")

    @button("Confirm", right="orders.confirm_orderrow", icon="check", dialog=CONFIRM)
    def confirm(self, request: HttpRequest, form: ReasonForm, object_id: str) -> HttpResponse:
        """It will be done."""
        return ask(request, form, object_id, "confirm")

    @button("Process", right="orders.process_orderrow", icon="package_2", dialog=PROCESS)
    def process(self, request: HttpRequest, form: ReasonForm, object_id: str) -> HttpResponse:
        """It is being packed."""
        return ask(request, form, object_id, "process")

    @button("Ship", right="orders.ship_orderrow", icon="local_shipping", dialog=SHIP)
    def ship(self, request: HttpRequest, form: ReasonForm, object_id: str) -> HttpResponse:
        """All that waits is on its way."""
        return ask(request, form, object_id, "ship")

    @button("Deliver", right="orders.deliver_orderrow", icon="home", dialog=DELIVER)
    def deliver(self, request: HttpRequest, form: ReasonForm, object_id: str) -> HttpResponse:
        """It has arrived."""
        return ask(request, form, object_id, "deliver")

    @button("Cancel", right="orders.cancel_orderrow", icon="cancel", dialog=CANCEL)
    def cancel(self, request: HttpRequest, form: ReasonForm, object_id: str) -> HttpResponse:
        """It will not be done; the reason stands in the order, too."""
        return ask(request, form, object_id, "cancel", reason=form.cleaned_data["reason"])


@admin.register(HoldRow)
class HoldAdmin(TenantAdmin):
    list_display = ("code", "status", "expires_at", "version", "updated_at")
    list_filter = ("status",)
    search_fields = ("code",)
    actions_detail = ("release",)

    @button("Release", right="orders.release_holdrow", icon="lock_open", dialog=RELEASE)
    def release(self, request: HttpRequest, form: ReasonForm, object_id: str) -> HttpResponse:
        """Give its units back."""
        return ask(request, form, object_id, "release")


@admin.register(TaxRateRow)
class TaxRateAdmin(TenantAdmin):
    list_display = ("code", "country", "category", "percent", "is_deleted", "updated_at")
