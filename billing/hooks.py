"""A tenant's first subscription, made in the act that makes the tenant; and its members, who are counted where they are
kept."""

from billing import clerk
from billing.domain import CODE, SUBSCRIPTION, Metric
from billing.domain.metrics import exceeded
from billing.domain.starting import start_over
from billing.domain.subscription import enforced
from billing.plans.catalogue import first_plan, terms
from cqrs.domain import NotFound
from cqrs.steps import CodeTaken
from tenants.hooks import Provisioned, on_joining, on_provisioned
from tenants.models import Tenant


@on_provisioned
def subscribe_first(new: Provisioned) -> None:
    """A trial of the plan that was asked for. UnknownPlan; Busy, Unavailable: then there is no tenant either.

    Postgres commits after this. Where that comes to nothing, what is written here belongs to nobody: there is no
    tenant by that code, and whoever gets the code later starts it over.
    """
    plan = first_plan(new.plan)
    if plan is None:
        return
    writer = clerk.writer_of(new.tenant.code, by=f"user:{new.owner.pk}", source="sign-up")
    args = {"plan": terms(plan), "zone": new.tenant.time_zone}
    try:
        writer.send(SUBSCRIPTION.create(**args))  # type: ignore[arg-type]
    except CodeTaken:
        writer.send(SUBSCRIPTION.ref(SUBSCRIPTION.sk_of(CODE)).ask(start_over, **args))  # type: ignore[arg-type]


@on_joining
def room_for_one_more(tenant: Tenant, members: int) -> None:
    """QuotaExceeded where the plan has no place for another member. The members' rows are locked meanwhile."""
    try:
        sub = clerk.subscription_of(tenant.code).state
    except NotFound:
        return
    limit = enforced(sub, Metric.USERS)
    if limit is not None and members >= limit:
        raise exceeded(Metric.USERS, used=members, limit=limit)
