"""What can be named in a path: how to make one, and a name of the same shape that is nobody's."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any, get_args, get_origin
from uuid import uuid4

from django.utils import timezone

from billing.domain import CODE, SUBSCRIPTION
from billing.domain.starting import cancel
from config.tests.isolation.examples import EXAMPLES, LUNCH, supplied
from cqrs.domain import Command, Entity, Rule, entity_id, partition
from cqrs.projections import PROJECTIONS
from face.arguments import body_model, parse
from face.ids import PUBLIC_SEPARATOR, public_id
from surveys.domain import SURVEY
from tenants.keys import create_key
from tenants.models import ApiKey, Domain, DomainClaim, Invitation, Membership, SupportAccess, User
from tenants.principal import Role
from tenants.provisioning import add_member
from webhooks.models import Endpoint, endpoint_id
from webhooks.signing import new_secret, sealed

if TYPE_CHECKING:
    from config.tests.isolation.place import Site


@dataclass(frozen=True, slots=True)
class Kind:
    """Makes one in a tenant and answers its name; `missing` is a name in a tenant (its code) that nothing has."""

    make: "Callable[[Site], str]"
    missing: Callable[[str], str]


def given(rule: Rule[Any], text: str) -> dict[str, Any]:
    """Arguments of a rule as JSON: what it needs, and this text wherever one can stand."""
    if example := EXAMPLES.get(rule.apply):
        return example(text)
    fields = {name: each for name, each in body_model(rule).model_fields.items() if name != "version"}
    texts = {name: _text(each.annotation, text) for name, each in fields.items()}
    needed = {name: 1 for name, each in fields.items() if each.is_required() and int in _kinds(each.annotation)}
    return needed | {name: value for name, value in texts.items() if value is not None}


def _entity(entity: Entity[Any, ...], site: "Site") -> str:
    supplied(site.writer())
    made = site.writer().send(Command(entity, entity.creation, example(entity.creation, site.text)))
    return public_id(made.version.id)


def example(rule: Rule[Any], text: str) -> dict[str, Any]:
    """Arguments of a rule, as it takes them."""
    found = json.dumps(given(rule, text)).replace("{new}", uuid4().hex[:12])
    return parse(rule, found.encode())[0]


def _subscription(site: "Site") -> str:
    """The one that its tenant came with."""
    told = SUBSCRIPTION.ref(SUBSCRIPTION.sk_of(CODE)).ask(cancel, reason=site.text)
    return public_id(site.writer().send(told).version.id)


def _missing(entity: Entity[Any, ...], tenant: str) -> str:
    return public_id(entity_id(pk=partition(entity.type, tenant), sk=entity.sk_of("NONE-000000")))


def _text(kind: Any, text: str) -> Any:
    """The text, or a list of it; None where none can stand."""
    if get_origin(kind) is tuple:
        return [text] if str in get_args(kind) else None
    return text if str in _kinds(kind) else None


def _kinds(kind: Any) -> tuple[Any, ...]:
    return get_args(kind) or (kind,)


def _code(entity: Entity[Any, ...], site: "Site") -> str:
    return _entity(entity, site).rpartition(PUBLIC_SEPARATOR)[2]


def _member(site: "Site") -> Membership:
    return add_member(site.tenant, email=_address(site), role=Role.VIEWER, name=site.text)


def _invitation(site: "Site") -> Invitation:
    ends = timezone.now() + timedelta(days=1)
    return Invitation.objects.create(tenant=site.tenant, email=_address(site), role=Role.VIEWER, expires_at=ends)


def _key(site: "Site") -> ApiKey:
    return create_key(site.tenant, name=site.text, scopes={"todos:read"})[0]


def _claim(site: "Site") -> DomainClaim:
    ends = timezone.now() + timedelta(days=1)
    return DomainClaim.objects.create(tenant=site.tenant, domain=_host(), token=uuid4().hex, expires_at=ends)


def _domain(site: "Site") -> Domain:
    made: Domain = Domain.objects.create(tenant=site.tenant, domain=_host(), is_primary=False)
    return made


def _host() -> str:
    return f"d{uuid4().hex[:12]}.example"


def _support(site: "Site") -> SupportAccess:
    ends = timezone.now() + timedelta(hours=1)
    staff, _ = User.objects.get_or_create(email="helper@isolation.example", defaults={"is_staff": True})
    reason = f"{site.text} {uuid4().hex}"
    return SupportAccess.objects.create(
        tenant=site.tenant, staff=staff, role=Role.VIEWER, reason=reason, expires_at=ends
    )


def _webhook(site: "Site") -> Endpoint:
    """One that is switched off: nothing is posted to it. A tenant has few, so those before go, but for the first."""
    Endpoint.objects.filter(pk__in=Endpoint.objects.filter(tenant=site.tenant).order_by("created_at")[5:]).delete()
    told = {"url": f"https://{site.text}.example/", "description": site.text, "created_by": site.text}
    secret = sealed(new_secret(), endpoint=endpoint_id())
    return Endpoint.objects.create(tenant=site.tenant, events=["*"], secret=secret, position=0, is_active=False, **told)


def _address(site: "Site") -> str:
    return f"{site.text}-{uuid4().hex[:8]}@{site.code}.example"


SHOWN = [each.entity for each in PROJECTIONS.values() if each.model and each.entity is not SUBSCRIPTION]
"""Entities of which another can be made at any time."""

KINDS: Mapping[str, Kind] = {
    **{each.type: Kind(partial(_entity, each), partial(_missing, each)) for each in SHOWN},
    SUBSCRIPTION.type: Kind(_subscription, partial(_missing, SUBSCRIPTION)),
    "tenant": Kind(lambda site: site.code, lambda _: "nobody"),
    "member": Kind(lambda site: f"user:{_member(site).user_id}", lambda _: "user:999999999"),
    "invitation": Kind(lambda site: str(_invitation(site).id), lambda _: uuid4().hex),
    "support": Kind(lambda site: str(_support(site).pk), lambda _: "0" * 16),
    "key": Kind(lambda site: _key(site).prefix, lambda _: "0" * 12),
    "lunch": Kind(lambda site: public_id(site.writer().log.id(SURVEY, SURVEY.sk_of(LUNCH))), partial(_missing, SURVEY)),
    "webhook": Kind(lambda site: _webhook(site).id, lambda _: "we_0"),
    "domain": Kind(lambda site: _claim(site).domain, lambda _: "nobody.example"),
    "proved": Kind(lambda site: _domain(site).domain, lambda _: "nobody.example"),
    **{f"{each.type}/code": Kind(partial(_code, each), partial(_missing, each)) for each in SHOWN},
}
"""By what rows call them; of entities their type. Where a path takes a code, another tenant's id is tried: its codes
are everybody's."""
