"""What a valid request of each endpoint is, and what it is answered with by whom.

An entity's rows follow from its listing and its rules. Any other endpoint has a line in ROWS, by its name; or one of
its beginning, `admin:`, where many are alike.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import Any

from billing.api.invoices import STAFFS
from config.tests.isolation.endpoints import Endpoint
from config.tests.isolation.examples import REFUSED, asked
from config.tests.isolation.things import given
from cqrs.domain import Entity, Rule
from face.arguments import body_model
from face.resource import Resource
from face.screens import Screens


class Door(Enum):
    """How an endpoint lets in."""

    API = 401  # a stranger is asked for a credential
    PAGE = 302  # a stranger is sent to sign in, unless nobody at all may use the method
    OPEN = 0  # everybody is answered, and nothing of a tenant is told


@dataclass(frozen=True, slots=True)
class Ask:
    """A valid request of one method. `status` is what an owner gets; a viewer the same unless it changes something.
    `{new}` in a body is a new word each time."""

    status: int = 200
    body: Mapping[str, Any] = field(default_factory=dict)
    viewer: int = 0
    key: int = 0

    def expected(self, who: str) -> int:
        """What the `owner`, the `viewer` or the `key` is answered with."""
        return {"owner": 0, "viewer": self.viewer, "key": self.key}[who] or self.status


def change(status: int = 200, body: Mapping[str, Any] | None = None) -> Ask:
    """A request that a viewer may not make."""
    return Ask(status, body or {}, viewer=403)


@dataclass(frozen=True, slots=True)
class Row:
    """The valid requests by method; any other method is 405. `names` says of each parameter of the path which kind of
    thing it names, or stands for itself."""

    door: Door
    asks: Mapping[str, Ask]
    names: Mapping[str, str] = field(default_factory=dict)
    ends_session: bool = False


READ = {"GET": Ask()}
MANAGE = {"GET": Ask(viewer=403)}
"""Reading, for whoever may; and for whoever manages only."""

EVENT = {"specversion": "1.0", "id": "{new}", "source": "ordinary", "type": "api_calls"}

ROWS: Mapping[str, Row] = {
    "public-form": Row(Door.OPEN, {}, {"token": "nobodys"}),
    "dashboard": Row(Door.PAGE, READ | {"POST": Ask()}),
    "sign-in": Row(Door.OPEN, {}),
    "forgot": Row(Door.OPEN, {}),
    "reset": Row(Door.OPEN, {}),
    "second-factor": Row(Door.OPEN, {}),
    "second-factor-setting": Row(Door.PAGE, READ | {"POST": Ask(422, {"password": "ordinary"})}),
    "sign-out": Row(Door.OPEN, {}, ends_session=True),
    "enter": Row(Door.OPEN, {}),
    "join": Row(Door.OPEN, {}),
    "confirm": Row(Door.OPEN, {}),
    "workspaces": Row(Door.PAGE, READ | {"POST": Ask()}),
    "switch": Row(Door.PAGE, {"GET": Ask(302), "HEAD": Ask(405)}, {"code": "tenant"}),
    "support": Row(Door.PAGE, READ | {"POST": Ask()}),
    "support-end": Row(Door.PAGE, {"POST": change(302)}, {"id": "support"}),
    "schema": Row(Door.OPEN, {}),
    "docs": Row(Door.OPEN, {}),
    "problem": Row(Door.OPEN, {}, {"code": "not_found"}),
    "todo-board": Row(Door.PAGE, READ | {"POST": Ask()}),
    "surveys": Row(Door.PAGE, READ | {"POST": Ask()}),
    "survey-create": Row(Door.PAGE, {"GET": Ask(302, viewer=403), "POST": change(302, {"title": "ordinary"})}),
    "survey": Row(Door.PAGE, READ | {"POST": Ask()}, {"code": "SURVEY/code"}),
    "survey-build": Row(
        Door.PAGE, MANAGE | {"POST": change(302, {"do": "add", "type": "text"})}, {"code": "SURVEY/code"}
    ),
    "survey-publish": Row(Door.PAGE, MANAGE | {"POST": change(302)}, {"code": "SURVEY/code"}),
    "survey-results": Row(Door.PAGE, READ | {"POST": Ask()}, {"code": "SURVEY/code"}),
    "survey-response": Row(Door.PAGE, READ | {"POST": Ask()}, {"code": "LUNCH", "id": "RESPONSE/code"}),
    "survey-rule": Row(
        Door.PAGE, {"GET": Ask(302, viewer=403), "POST": change(302)}, {"code": "SURVEY/code", "rule": "remove"}
    ),
    "settings": Row(Door.OPEN, {}),
    "settings-account": Row(Door.PAGE, READ | {"POST": Ask(302, {"name": "ordinary"})}),
    "settings-password": Row(Door.PAGE, READ | {"POST": Ask(422, {"old_password": "ordinary"})}),
    "settings-address": Row(Door.PAGE, {"POST": Ask(422, {"email": "ordinary@new.example", "password": "ordinary"})}),
    "settings-address-resend": Row(Door.PAGE, {"POST": Ask(302)}),
    "settings-address-keep": Row(Door.PAGE, {"POST": Ask(302)}),
    "settings-members": Row(Door.PAGE, READ | {"POST": change(302, {"email": "{new}@new.example", "role": "viewer"})}),
    "settings-leave": Row(Door.PAGE, {"POST": Ask(302)}, ends_session=True),
    "settings-role": Row(Door.PAGE, {"POST": change(302, {"role": "member"})}, {"id": "member"}),
    "settings-remove": Row(Door.PAGE, {"POST": change(302)}, {"id": "member"}),
    "settings-resend": Row(Door.PAGE, {"POST": change(302)}, {"id": "invitation"}),
    "settings-revoke": Row(Door.PAGE, {"POST": change(302)}, {"id": "invitation"}),
    "settings-keys": Row(Door.PAGE, MANAGE | {"POST": change(200, {"name": "ordinary", "scopes": "todos:read"})}),
    "settings-key-rotate": Row(Door.PAGE, {"POST": change()}, {"prefix": "key"}),
    "settings-workspace": Row(Door.PAGE, MANAGE | {"POST": change(302, {"name": "ordinary", "time_zone": "UTC"})}),
    "settings-domains": Row(Door.PAGE, {"POST": change(302, {"domain": "{new}.new.example"})}),
    "settings-domain-verify": Row(Door.PAGE, {"POST": change(302)}, {"name": "proved"}),
    "settings-domain-primary": Row(Door.PAGE, {"POST": change(302)}, {"name": "proved"}),
    "settings-domain-remove": Row(Door.PAGE, {"POST": change(302)}, {"name": "domain"}),
    "settings-key-revoke": Row(Door.PAGE, {"POST": change(302)}, {"prefix": "key"}),
    "settings-webhooks": Row(
        Door.PAGE, MANAGE | {"POST": change(200, {"url": "https://{new}.example/", "events": "*"})}
    ),
    "settings-webhook": Row(Door.PAGE, MANAGE, {"id": "webhook"}),
    "settings-webhook-edit": Row(
        Door.PAGE, {"POST": change(302, {"url": "https://{new}.example/", "events": "*"})}, {"id": "webhook"}
    ),
    "settings-webhook-rotate": Row(Door.PAGE, {"POST": change()}, {"id": "webhook"}),
    "settings-webhook-switch": Row(Door.PAGE, {"POST": change(302)}, {"id": "webhook"}),
    "settings-webhook-test": Row(Door.PAGE, {"POST": change(302)}, {"id": "webhook"}),
    "settings-webhook-replay": Row(Door.PAGE, {"POST": change(302, {"span": "The last hour"})}, {"id": "webhook"}),
    "settings-webhook-remove": Row(Door.PAGE, {"POST": change(302)}, {"id": "webhook"}),
    "settings-webhook-resend": Row(Door.PAGE, {"POST": change(404)}, {"id": "webhook", "delivery": "1"}),
    "billing": Row(Door.PAGE, READ),
    "billing-change": Row(Door.PAGE, MANAGE | {"POST": change(302, {"quote": "ordinary"})}),
    "billing-cancel": Row(Door.PAGE, {"POST": change(302, {"reason": "ordinary"})}),
    "billing-resume": Row(Door.PAGE, {"POST": change(302)}),
    "billing-usage": Row(Door.PAGE, READ),
    "billing-invoices": Row(Door.PAGE, READ),
    "billing-invoice": Row(Door.PAGE, READ, {"code": "INVOICE/code"}),
    "billing-explain": Row(Door.PAGE, READ, {"code": "INVOICE/code", "number": "1"}),
    **{f"billing-{rule}": Row(Door.PAGE, {"POST": Ask(403)}, {"code": "INVOICE/code"}) for rule in STAFFS},
    "api-members": Row(Door.API, READ),
    "api-members-leave": Row(Door.API, {"POST": Ask(422, viewer=401)}, ends_session=True),  # they left by the page
    "api-members-one": Row(
        Door.API, READ | {"PATCH": change(200, {"role": "member"}), "DELETE": change(204)}, {"id": "member"}
    ),
    "api-invitations": Row(Door.API, MANAGE | {"POST": change(201, {"email": "{new}@new.example", "role": "viewer"})}),
    "api-invitations-one": Row(Door.API, MANAGE | {"DELETE": change(204)}, {"id": "invitation"}),
    "api-invitations-resend": Row(Door.API, {"POST": change()}, {"id": "invitation"}),
    "api-api-keys": Row(Door.API, MANAGE | {"POST": change(201, {"name": "ordinary", "scopes": ["todos:read"]})}),
    "api-api-keys-one": Row(Door.API, MANAGE | {"DELETE": change(204)}, {"prefix": "key"}),
    "api-api-keys-rotate": Row(Door.API, {"POST": change(201)}, {"prefix": "key"}),
    "api-domains": Row(Door.API, READ | {"POST": change(201, {"domain": "{new}.new.example"})}),
    "api-domains-one": Row(Door.API, READ | {"DELETE": change(204)}, {"name": "domain"}),
    "api-domains-verify": Row(Door.API, {"POST": change(200)}, {"name": "proved"}),
    "api-domains-primary": Row(Door.API, {"POST": change(200)}, {"name": "proved"}),
    "api-webhooks": Row(Door.API, MANAGE | {"POST": change(201, {"url": "https://{new}.example/"})}),
    "api-webhooks-one": Row(
        Door.API, MANAGE | {"PATCH": change(200, {"description": "x"}), "DELETE": change(204)}, {"id": "webhook"}
    ),
    "api-webhooks-rotate": Row(Door.API, {"POST": change()}, {"id": "webhook"}),
    "api-webhooks-test": Row(Door.API, {"POST": change(422)}, {"id": "webhook"}),
    "api-webhooks-replay": Row(Door.API, {"POST": change(200, {"after": 0})}, {"id": "webhook"}),
    "api-webhooks-deliveries": Row(Door.API, MANAGE, {"id": "webhook"}),
    "api-webhooks-resend": Row(Door.API, {"POST": change(404)}, {"id": "webhook", "delivery": "1"}),
    "api-settings": Row(Door.API, READ | {"PATCH": change(200, {"time_zone": "UTC"})}),
    "api-inventory-movements": Row(Door.API, READ, {"name": "STOCK"}),
    "api-orders-status": Row(Door.API, {"PATCH": change(200, {"status": "confirmed"})}, {"name": "ORDER"}),
    "api-surveys-lint": Row(Door.API, READ, {"name": "SURVEY"}),
    "api-surveys-versions": Row(Door.API, READ, {"name": "lunch"}),
    "api-surveys-version": Row(Door.API, READ, {"name": "lunch", "number": "1"}),
    "api-surveys-schema": Row(Door.API, READ, {"name": "lunch", "number": "1"}),
    "api-surveys-what-if": Row(Door.API, {"POST": Ask(200, {"sections": asked("ordinary")})}, {"name": "lunch"}),
    "api-surveys-results": Row(Door.API, READ, {"name": "lunch"}),
    "api-surveys-csv": Row(Door.API, READ, {"name": "lunch"}),
    "api-surveys-json": Row(Door.API, READ, {"name": "lunch"}),
    "api-responses": Row(
        Door.API, READ | {"POST": change(201, {"answers": {"dish": "ordinary"}, "version": 1})}, {"name": "lunch"}
    ),
    "api-responses-one": Row(Door.API, READ, {"name": "lunch", "id": "RESPONSE"}),
    "api-plans": Row(Door.API, READ),
    "api-plans-one": Row(Door.API, READ, {"code": "pro"}),
    "api-subscription-quote": Row(Door.API, {"POST": change(200, {"plan": "business"})}),
    "api-subscription-plan": Row(Door.API, {"PATCH": change(422, {"quote": "ordinary"})}),
    "api-subscription-change-plan": Row(Door.API, {"POST": change(422, {"quote": "ordinary"})}),
    "api-invoices-preview": Row(Door.API, READ),
    **{f"api-invoices-{rule}": Row(Door.API, {"POST": Ask(403)}, {"name": "INVOICE"}) for rule in STAFFS},
    "api-usage": Row(Door.API, READ),
    "api-usage-events": Row(Door.API, {"POST": change(200, EVENT)}),
    "api-usage-month": Row(Door.API, READ, {"month": "2026-11"}),
    "api-usage-facts": Row(Door.API, READ, {"month": "2026-11", "metric": "orders"}),
    "api-sequences": Row(Door.API, READ),
    "api-sequences-one": Row(Door.API, READ | {"PATCH": change(200, {"prefix": "T"})}, {"type": "todo"}),
    "api-events": Row(Door.API, READ),
    "api-events-stream": Row(Door.API, READ),
}
"""The endpoints of a tenant's host that are no entity's."""

PUBLIC: Mapping[str, Row] = {
    "landing": Row(Door.OPEN, {}),
    "provision": Row(Door.OPEN, {}),
    "forgot": Row(Door.OPEN, {}),
    "reset": Row(Door.OPEN, {}),
    "second-factor": Row(Door.OPEN, {}),
    "second-factor-setting": Row(Door.PAGE, {}),
    "sign-up": Row(Door.OPEN, {}),
    "sign-up-code": Row(Door.OPEN, {}),
    "sign-in": Row(Door.OPEN, {}),
    "sign-out": Row(Door.OPEN, {}, ends_session=True),
    "/admin/login/": Row(Door.OPEN, {}),
    "admin:login": Row(Door.OPEN, {}),
    "admin:logout": Row(Door.OPEN, {}, ends_session=True),
    "admin:jsi18n": Row(Door.OPEN, {}),
    "admin:": Row(Door.PAGE, {}),
    "/admin/": Row(Door.PAGE, {}),
    "problem": Row(Door.OPEN, {}, {"code": "not_found"}),
}
"""The endpoints of the public host, where only staff is let in."""


def row_of(endpoint: Endpoint, rows: Mapping[str, Row] = ROWS) -> Row | None:
    """An endpoint's row; None where nobody has written one."""
    found = _of_entity(endpoint)
    if found:  # what there is one of has no name in its path
        return replace(found, names={name: kind for name, kind in found.names.items() if name in endpoint.parameters})
    return rows.get(name_in(rows, endpoint.name) or "")


def name_in(rows: Iterable[str], name: str) -> str | None:
    """The row's name that stands for an endpoint's: its own, else its longest beginning that ends in one of `:/_`."""
    beginnings = [each for each in rows if each == name or (each[-1:] in ":/_" and name.startswith(each))]
    return max(beginnings, key=len, default=None)


def _of_entity(endpoint: Endpoint) -> Row | None:
    view = endpoint.view
    if isinstance(getattr(view, "cls", None), type) and issubclass(view.cls, Resource):
        return _of_resource(view.initkwargs["listing"].entity, view.actions, view.initkwargs.get("rule"))
    screens = getattr(getattr(view, "__wrapped__", None), "__self__", None)
    if isinstance(screens, Screens):
        return _of_page(screens, view.__wrapped__.__name__)
    return None


def _of_resource(entity: Entity[Any, ...], actions: Mapping[str, str], rule: str | None) -> Row | None:
    asks: dict[str, Callable[[], Ask]] = {
        "list": Ask,
        "retrieve": Ask,
        "history": Ask,
        "create": lambda: change(201, given(entity.creation, "ordinary")),
        "ask": lambda: _of_rule(entity.rule(rule or "")),
        "partial_update": lambda: change(200, given(entity.rule("edit"), "ordinary")),
        "destroy": change,
    }
    if not asks.keys() >= set(actions.values()):
        return None
    names = {} if "list" in actions.values() else {"name": entity.type}
    return Row(Door.API, {method.upper(): asks[action]() for method, action in actions.items()}, names)


def _of_rule(rule: Rule[Any]) -> Ask:
    return Ask(422 if rule.apply in REFUSED else 200, given(rule, "ordinary"), viewer=403)


def _of_page(screens: Screens[Any], view: str) -> Row:
    """Pages answer a form with where to go next."""
    entity, code = screens.entity, {"code": f"{screens.entity.type}/code"}
    rules = [each for each in entity.rules.values() if not each.creates and each.name not in screens.but]
    rule = [each for each in rules if each.apply not in REFUSED][-1]
    edit = entity.rules.get("edit", rule)
    names = {"detail": code, "edit": code, "ask": code | {"rule": rule.name}}
    blank = Ask(302 if type(screens).new is Screens.new else 200, viewer=403)
    asks = {
        "list": READ | {"POST": Ask()},
        "create": {"GET": blank, "POST": change(302, _form(entity.creation))},
        "detail": READ | {"POST": Ask()},
        "edit": {"GET": Ask(viewer=403), "POST": change(302, _form(edit))},
        "ask": {"GET": Ask(302, viewer=403), "POST": change(302, _form(rule))},
    }
    return Row(Door.PAGE, asks[view], names.get(view, {}))


def _form(rule: Rule[Any]) -> Mapping[str, Any]:
    """What the rule needs as a form's fields, which name what is nested by its path, and what makes it new each time;
    what it may be given besides is tried where programs ask it."""
    needed = {name for name, field in body_model(rule).model_fields.items() if field.is_required()}
    args = {name: value for name, value in given(rule, "ordinary").items() if name in needed or value == "{new}"}
    return dict(_fields(args)) | ({"once": "{new}"} if rule.adds else {})


def _fields(each: Any, name: str = "") -> Iterator[tuple[str, Any]]:
    is_flat = not isinstance(each, dict | list) or (isinstance(each, list) and not isinstance(each[0], dict))
    if is_flat:
        yield name, each
        return
    for key, value in each.items() if isinstance(each, dict) else enumerate(each):
        yield from _fields(value, f"{name}.{key}" if name else str(key))
