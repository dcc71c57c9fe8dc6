"""The tabs of a tenant's page: each is a list of what belongs to that tenant."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.admin import ModelAdmin
from unfold.datasets import BaseDataset

from cqrs.jobs.models import Job
from cqrs.models import JournalLine
from face.models import AuditLine
from tenants.models import ApiKey, Domain, Membership, Tenant


class Listed(ModelAdmin):  # type: ignore[misc]  # unfold is untyped
    """A list within a tenant's page; `of` is the field that says whose each row is."""

    of = "tenant"
    list_per_page = 25
    list_display_links = None
    actions = ()
    extra_context: dict[str, Any]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """The rows of the page's tenant."""
        tenant = Tenant.objects.filter(pk=self.extra_context["object"]).first()
        rows: QuerySet[Any] = super().get_queryset(request)
        return rows.filter(**{self.of: tenant.code if tenant and self.of != "tenant" else tenant})

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """None: a list in a tab is looked at."""
        return {}


class JournalLines(Listed):
    of = "tenant__tenant_code"
    list_display = ("position", "at", "type", "code", "version", "fact", "name", "by", "on_behalf_of")
    ordering = ("-position",)
    search_fields = ("entity_id", "request_id", "by")


class People(Listed):
    list_display = ("user", "role", "created_at")
    ordering = ("user__email",)


class Keys(Listed):
    list_display = ("prefix", "name", "scopes", "created_at", "expires_at", "revoked_at", "last_used_at")
    ordering = ("-created_at",)


class Hosts(Listed):
    list_display = ("domain", "is_primary", "failing_since")
    ordering = ("domain",)


class Jobs(Listed):
    of = "tenant_code"
    list_display = ("kind", "what", "state", "done", "total", "message", "by", "started_at", "ended_at")
    ordering = ("-id",)


class AuditLines(Listed):
    of = "tenant_code"
    list_display = ("at", "action", "subject", "by", "on_behalf_of", "reason")
    ordering = ("-id",)


def _tab(title: str, model: type[Any], model_admin: type[Listed]) -> type[BaseDataset]:
    return type(title, (BaseDataset,), {"title": title, "model": model, "model_admin": model_admin, "tab": True})


TABS = (
    _tab("Log", JournalLine, JournalLines),
    _tab("People", Membership, People),
    _tab("Keys", ApiKey, Keys),
    _tab("Domains", Domain, Hosts),
    _tab("Jobs", Job, Jobs),
    _tab("Audit", AuditLine, AuditLines),
)
