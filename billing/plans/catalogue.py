"""The catalogue: what is published, and what may become of a version. Each change is on the audit, with its reason."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.forms.models import model_to_dict
from django.http import HttpRequest
from django.utils import timezone

from billing.domain import Metric, Plan
from billing.plans.models import PlanVersion
from billing.plans.terms import PREFIX, read_limits
from cqrs.domain import Refused
from face.kept import note
from tenants.models import PUBLIC

DEFAULT = "pro"
"""What a tenant tries that names no plan; where there is none by this code, the first of the catalogue."""

State = PlanVersion.State


class UnknownPlan(Refused):
    """There is no such plan."""


class NotADraft(Refused):
    """What was published stays as it is; draft its next version."""


class NotPublished(Refused):
    """This version is not published."""


def published() -> QuerySet[PlanVersion]:
    """What can be subscribed to, in the catalogue's order."""
    return PlanVersion.objects.filter(state=State.PUBLISHED).order_by("position", "code")


def offered(code: str, *, pointer: str = "/plan") -> PlanVersion:
    """The published version of a plan. UnknownPlan."""
    found = published().filter(code=code).first()
    if found is None:
        raise UnknownPlan(pointer=pointer, known=list(published().values_list("code", flat=True)))
    return found


def first_plan(code: str) -> PlanVersion | None:
    """What a new tenant tries: the plan it names, else the usual one; None where nothing is published. UnknownPlan."""
    if code:
        return offered(code)
    return published().filter(code=DEFAULT).first() or published().first()


def version_of(code: str, version: int) -> PlanVersion:
    """One version, whatever became of it since. UnknownPlan."""
    found = PlanVersion.objects.exclude(state=State.DRAFT).filter(code=code, version=version).first()
    if found is None:
        raise UnknownPlan(pointer="/plan")
    return found


def terms(row: PlanVersion) -> Plan:
    """What a subscription pins of it."""
    return Plan(
        code=row.code,
        version=row.version,
        name=row.name,
        currency=row.currency,
        monthly=row.monthly,
        yearly=row.yearly,
        limits=read_limits(row.limits),
        features=tuple(row.features),
        tax_percent=row.tax_percent,
    )


def publish(row: PlanVersion, *, by: str, reason: str, request: HttpRequest | None = None) -> PlanVersion:
    """Into the catalogue, in the place of the version before. NotADraft."""
    with transaction.atomic():
        held = PlanVersion.objects.select_for_update().get(pk=row.pk)
        if held.state != State.DRAFT:
            raise NotADraft
        now = timezone.now()
        PlanVersion.objects.filter(code=row.code, state=State.PUBLISHED).update(state=State.RETIRED, retired_at=now)
        held.state, held.published_at = State.PUBLISHED, now
        held.save(update_fields=["state", "published_at"])
        _note(request, held, "published", by=by, reason=reason)
    return held


def retire(row: PlanVersion, *, by: str, reason: str, request: HttpRequest | None = None) -> PlanVersion:
    """Out of the catalogue; whoever has it keeps it. NotPublished."""
    with transaction.atomic():
        held = PlanVersion.objects.select_for_update().get(pk=row.pk)
        if held.state != State.PUBLISHED:
            raise NotPublished
        held.state, held.retired_at = State.RETIRED, timezone.now()
        held.save(update_fields=["state", "retired_at"])
        _note(request, held, "retired", by=by, reason=reason)
    return held


def draft_next(row: PlanVersion, *, by: str, reason: str, request: HttpRequest | None = None) -> PlanVersion:
    """The plan's draft, made like this version where there is none yet."""
    with transaction.atomic():
        versions = list(PlanVersion.objects.select_for_update().filter(code=row.code).order_by("-version"))
        if versions[0].state == State.DRAFT:
            return versions[0]
        copied: Mapping[str, Any] = model_to_dict(row, exclude=["id", "version", "state"])
        made = PlanVersion.objects.create(version=versions[0].version + 1, **copied)
        _note(request, made, "drafted", by=by, reason=reason)
    return made


def limits_shown(plan: Plan) -> dict[str, Any]:
    """`limits` and `enforcement` as clients see them, each metric by its `max_` name."""
    found = {f"{PREFIX}{metric}": plan.limit(metric) for metric in Metric}
    told = {
        name: {"kind": each.enforcement, "grace_percent": each.grace_percent, "unit_price": str(each.unit_price)}
        for name, each in found.items()
        if each.most is not None
    }
    return {"limits": {name: each.most for name, each in found.items()}, "enforcement": told}


def _note(request: HttpRequest | None, row: PlanVersion, fact: str, *, by: str, reason: str) -> None:
    note(request, tenant=PUBLIC, by=by, action=f"plan.{fact}", subject=str(row), reason=reason)
