"""How far each handler has come in each tenant's journal, what it fails on, and what was skipped."""

from django.contrib import admin
from django.db.models import F, OuterRef, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse
from unfold.forms import BaseDialogForm

from cqrs.reactions import REACTIONS
from cqrs.reactions.decisions import NothingFails, retry_now, skip
from cqrs.reactions.models import Cursor, Skipped
from cqrs.stream.models import JournalHead
from face.admin.buttons import button
from face.admin.guard import ReadOnlyAdmin
from face.admin.reasons import ReasonForm, done, staff_id

CURSORS = "admin:reactions_cursor_changelist"
NOTHING = "It fails on nothing, or is just being tried."
AGAIN = {"title": "Try again now", "description": "Without waiting for the end of the pause."}
GO_ON = {
    "title": "Go on without this fact",
    "description": "The handler never reacts to it. What was skipped, by whom and why, is kept.",
    "form_class": ReasonForm,
}


@admin.register(Cursor)
class CursorAdmin(ReadOnlyAdmin):
    """Cursors; one whose handler fails can be tried at once, or go on without the fact, for a reason."""

    list_display = ("handler", "tenant_code", "position", "behind", "attempts", "fact", "error", "next_at")
    list_filter = ("tenant_code", "handler")
    search_fields = ("handler", "fact", "error")
    ordering = ("-attempts", "handler", "tenant_code")
    actions_row = actions_detail = ("retry", "skip")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Cursor]:
        """With what there is behind each."""
        head = JournalHead.objects.filter(tenant_code=OuterRef("tenant_code")).values("position")
        cursors: QuerySet[Cursor] = super().get_queryset(request)
        return cursors.annotate(behind=Subquery(head) - F("position"))

    @admin.display(description="behind", ordering="behind")
    def behind(self, cursor: Cursor) -> str:
        """Lines of the journal before it; a handler that this release does not have stays where it is."""
        behind: int = cursor.behind  # type: ignore[attr-defined]  # annotated
        return f"{behind}" if cursor.handler in REACTIONS else f"{behind}, handler gone"

    @button("Try again", right="reactions.retry_cursor", icon="replay", dialog=AGAIN)
    def retry(self, request: HttpRequest, form: BaseDialogForm, object_id: str) -> HttpResponse:
        """Try at once."""
        try:
            retry_now(int(object_id))
        except NothingFails:
            return done(request, NOTHING, back=CURSORS, failed=True)
        return done(request, "It is tried again within a second.", back=CURSORS)

    @button("Skip", right="reactions.skip_cursor", icon="skip_next", dialog=GO_ON)
    def skip(self, request: HttpRequest, form: ReasonForm, object_id: str) -> HttpResponse:
        """Go on without the fact, for a reason."""
        try:
            skipped = skip(int(object_id), reason=form.cleaned_data["reason"], by=staff_id(request))
        except NothingFails:
            return done(request, NOTHING, back=CURSORS, failed=True)
        return done(request, f"{skipped.handler} goes on without {skipped.fact}.", back=CURSORS)


@admin.register(Skipped)
class SkippedAdmin(ReadOnlyAdmin):
    list_display = ("fact", "handler", "reason", "decided_by", "decided_at", "error")
    list_filter = ("tenant_code", "handler")
    search_fields = ("fact", "handler", "reason")
    ordering = ("-decided_at",)
