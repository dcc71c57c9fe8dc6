"""What a tenant is besides its log: its name and time zone, its people, its hosts, what it set up."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db.models import Model
from django_tenants.utils import schema_context

from cqrs.models import Home, JournalLine, LedgerLine, Row, Total
from cqrs.numbering.models import SequenceSetting
from tenants.hooks import Belongings, packed, unpack
from tenants.models import Domain, Membership, Tenant
from tenants.principal import Role
from tenants.provisioning import add_member

SETTINGS: tuple[type[Model], ...] = (SequenceSetting,)
"""The tables of a tenant's schema that hold what it set up, and what no log tells."""

FOLLOWS = (Home, JournalLine, LedgerLine, Row, Total)
"""Tables that are made anew from the log."""


@dataclass(frozen=True, slots=True)
class Person:
    """A member. `id` is how facts call them."""

    id: str
    email: str
    name: str
    role: str


@dataclass(frozen=True, slots=True)
class Control:
    """A tenant's control data. `settings` are rows by table, `also` what other apps keep of it. Keys, invitations and
    sessions are none: they are credentials."""

    code: str
    name: str
    time_zone: str
    people: tuple[Person, ...]
    domains: tuple[str, ...]
    settings: Mapping[str, list[dict[str, Any]]]
    also: Mapping[str, Belongings] = field(default_factory=dict)

    @property
    def owner(self) -> Person:
        """The first of its owners. LookupError where it has none."""
        found = [each for each in self.people if each.role == Role.OWNER]
        if not found:
            raise LookupError(f"{self.code} has no owner")
        return found[0]


def control_of(tenant: Tenant) -> Control:
    """A tenant's control data as it is now."""
    members = Membership.objects.filter(tenant=tenant).select_related("user").order_by("pk")
    with schema_context(tenant.schema_name):
        kept = {model._meta.db_table: list(_rows(model)) for model in SETTINGS}
    return Control(
        code=tenant.code,
        name=tenant.name,
        time_zone=tenant.time_zone,
        people=tuple(Person(f"user:{m.user_id}", m.user.email, m.user.name, m.role) for m in members),
        domains=tuple(Domain.objects.filter(tenant=tenant).order_by("pk").values_list("domain", flat=True)),
        settings=kept,
        also=packed(tenant),
    )


def as_json(control: Control) -> dict[str, Any]:
    """As it stands in a file."""
    return asdict(control)


def from_json(values: Mapping[str, Any]) -> Control:
    """Control data of a file. TypeError or KeyError where it is none."""
    people = tuple(Person(**each) for each in values["people"])
    return Control(**{**values, "people": people, "domains": tuple(values["domains"])})


def furnish(tenant: Tenant, control: Control) -> dict[str, str]:
    """Give a tenant these people and settings; what is there already stays. Hosts are not given: they lead to the
    tenant they were given to. Returns who is called otherwise here: by `user:7`, `user:12`."""
    renamed = dict[str, str]()
    for each in control.people:
        membership = add_member(tenant, email=each.email, name=each.name, role=Role(each.role))
        renamed[each.id] = f"user:{membership.user_id}"
    with schema_context(tenant.schema_name):
        for model in SETTINGS:
            rows = [model(**row, tenant_id=tenant.code) for row in control.settings.get(model._meta.db_table, ())]
            model._default_manager.bulk_create(rows, ignore_conflicts=True)
    unpack(tenant, control.also)
    return {old: new for old, new in renamed.items() if old != new}


def unclassified() -> list[type[Model]]:
    """Tables of a tenant's schema that neither follow from the log nor are exported."""
    return [model for model in _tenant_models() if not issubclass(model, (*FOLLOWS, *SETTINGS))]


def _rows(model: type[Model]) -> Iterable[dict[str, Any]]:
    for row in model._default_manager.order_by("pk").values():
        del row["tenant_id"]
        yield row


def _tenant_models() -> Iterable[type[Model]]:
    labels = {name.rpartition(".")[2] for name in settings.TENANT_APPS}
    return (model for model in apps.get_models() if model._meta.app_label in labels)
