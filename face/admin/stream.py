"""How far the stream is followed, and what is not shown."""

from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.http import HttpRequest, HttpResponse
from unfold.forms import BaseDialogForm

from cqrs.dynamodb.store import store
from cqrs.projector.faults import told
from cqrs.projector.unpark import discard, resume, retry
from cqrs.stream.models import Breaker, HeldTenant, Parked, Shard
from face.admin.buttons import button
from face.admin.guard import ReadOnlyAdmin
from face.admin.reasons import ReasonForm, done, staff_id
from face.admin.work import Rebuilds

PARKED = "admin:stream_parked_changelist"
GIVE_UP = {
    "title": "Discard this entity",
    "description": "It keeps the rows it has. Whoever verifies is told who decided that, and why.",
    "form_class": ReasonForm,
}


@admin.register(Shard)
class ShardAdmin(Rebuilds):
    list_display = ("id", "caught_up_at", "checkpoint", "is_closed", "epoch", "holder", "leased_until")


@admin.register(HeldTenant)
class HeldTenantAdmin(ReadOnlyAdmin):
    list_display = ("tenant_code", "held_at", "error")


@admin.register(Breaker)
class BreakerAdmin(ReadOnlyAdmin):
    list_display = ("tripped_at", "entity_id", "error")


@admin.register(Parked)
class ParkedAdmin(ReadOnlyAdmin):
    """Entities that are not shown; each can be tried again, or given up with a reason."""

    list_display = ("entity_id", "state", "version", "error", "parked_at", "reason", "decided_by")
    list_filter = ("state", "tenant_code")
    search_fields = ("entity_id", "error")
    ordering = ("-parked_at",)
    actions_detail = ("retry", "discard")  # not in the rows: their menus are named after ids, which hold a `#`
    actions_list = ("resume",)

    @button(
        "Show again",
        right="stream.retry_parked",
        icon="replay",
        dialog={"title": "Show it, all of it in order, from the log"},
    )
    def retry(self, request: HttpRequest, form: BaseDialogForm, object_id: str) -> HttpResponse:
        """Show it; what still hinders that is said."""
        id = unquote(object_id)
        try:
            lines = retry(id, store=store())
        except Parked.DoesNotExist:
            return done(request, f"{id} is not parked any more.", back=PARKED)
        except Exception as error:
            return done(request, f"{id} still cannot be shown. {told(error)}", back=PARKED, failed=True)
        return done(request, f"{id} is shown; journal lines: {lines}.", back=PARKED)

    @button("Discard", right="stream.discard_parked", icon="delete", dialog=GIVE_UP)
    def discard(self, request: HttpRequest, form: ReasonForm, object_id: str) -> HttpResponse:
        """Give it up, for a reason."""
        id = unquote(object_id)
        try:
            discard(id, reason=form.cleaned_data["reason"], by=staff_id(request))
        except Parked.DoesNotExist:
            return done(request, f"{id} is not parked any more.", back=PARKED, failed=True)
        return done(request, f"{id} is discarded; it keeps the rows it has.", back=PARKED)

    @button(
        "Close the breaker",
        right="stream.close_breaker",
        icon="power",
        dialog={"title": "Park again, however many there are"},
    )
    def resume(self, request: HttpRequest, form: BaseDialogForm) -> HttpResponse:
        """Close the breaker."""
        return done(request, "The breaker is closed." if resume() else "The breaker was not open.", back=PARKED)
