"""The application on one page, from its own registries: entity, rules, facts, reactions, rows, routes."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.urls import URLPattern

from config import api
from cqrs import domain
from cqrs.models import Row
from cqrs.projections import PROJECTIONS, Projection
from cqrs.reactions import REACTIONS, Reaction
from face.arguments import body_model

ROOT = "/api/v1/"
ASKS = {"partial_update": "edit", "destroy": "remove"}
"""Actions that ask a rule which their path does not name (`face.resource.urls`)."""

type Routes = dict[str, list[str]]
"""By the name of the rule asked; what asks none only reads, and stands under the empty name."""


def lines() -> Iterator[str]:
    """The map, line by line."""
    for projection in PROJECTIONS.values():
        yield from _entity(projection, _routes(projection.entity))


def _entity(projection: Projection[Any, Any], routes: Routes) -> Iterator[str]:
    entity, model = projection.entity, projection.model
    yield f"{entity.type}  {_path(entity.state)}  {_codes(entity)}"
    yield from _section("rules", [_rule(rule, routes) for rule in entity.rules.values()])
    yield from _section("rows", [(_path(model), ", ".join(_columns(model))) if model else ("the journal only",)])
    yield from _section("reads", [(route,) for route in routes.get("", [])])
    if followed := [each for each in REACTIONS.values() if each.entity is entity]:
        yield from _section("reactions", [_reaction(each) for each in followed])
    yield ""


def _columns(model: type[Row]) -> list[str]:
    shared = {field.name for field in Row._meta.get_fields()}
    return [field.name for field in model._meta.local_fields if field.name not in shared]


def _rule(rule: domain.Rule[Any], routes: Routes) -> tuple[str, str, str]:
    arguments = ", ".join(name for name in body_model(rule).model_fields if name != "version")
    return f"{rule.name}({arguments})", f"→ {rule.fact}", "  ".join(routes.get(rule.name, ["not by HTTP"]))


def _reaction(reaction: Reaction) -> tuple[str, str, str]:
    facts = [rule.fact for rule in reaction.entity.rules.values() if rule.fact in reaction.facts]
    return ", ".join(facts), f"→ {reaction.name}", "an effect" if reaction.is_effect else "commands"


def _routes(entity: domain.Entity[Any, ...]) -> Routes:
    found: Routes = {}
    for pattern in api.urlpatterns:
        view: Any = pattern.callback
        listing = view.initkwargs.get("listing")
        if listing and listing.entity is entity:
            for method, action in view.actions.items():
                found.setdefault(_asked(entity, view, action), []).append(f"{method.upper()} {_url(pattern)}")
    return found


def _asked(entity: domain.Entity[Any, ...], view: Any, action: str) -> str:
    if action == "create":
        return entity.creation.name
    return view.initkwargs["rule"] if action == "ask" else ASKS.get(action, "")


def _codes(entity: domain.Entity[Any, ...]) -> str:
    match entity.code:
        case None:
            return "no codes"
        case domain.Sequence(format, fast):
            return f"numbered {format}, {'gaps allowed' if fast else 'gap-free'}"
    return "code read from the state"


def _url(pattern: URLPattern) -> str:
    return ROOT + str(pattern.pattern).replace("<str:name>", "{id}")


def _path(kind: type) -> str:
    return f"{kind.__module__}.{kind.__qualname__}"


def _section(title: str, rows: Sequence[tuple[str, ...]]) -> Iterator[str]:
    yield f"  {title}"
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        yield "    " + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
