"""An entity as a REST resource: create, rules as actions, read, list, history, after the contract's conventions."""

from collections.abc import Collection
from typing import Any

from django.urls import URLPattern, path
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ViewSet

from cqrs.domain import Command, Entity, Rule, Version
from cqrs.models import Row
from cqrs.projections import projection_of
from cqrs.writer import Answer
from face.answering import behind, listed, wrote
from face.arguments import parse
from face.bodies import body_of
from face.commands import decided_on, log_of, once, principal_of, writer
from face.ids import public_id, sk_of
from face.listing import Listing
from face.past import asked, number, told
from face.permissions import MayUse
from face.refusals import KeyRequired
from face.rows import serializer_of
from face.schema import ResourceSchema

HISTORY_MOST = 1000
"""Versions a page of a history holds."""


class Resource(ViewSet):
    """The views of one entity; `urls` mounts them."""

    listing: Listing[Any] = None  # type: ignore[assignment]  # `urls` gives it; as_view wants the name to exist
    rule: str = ""
    schema = ResourceSchema()
    permission_classes = (MayUse,)

    @property
    def entity(self) -> Entity[Any, ...]:
        return self.listing.entity

    @property
    def path(self) -> str:
        return self.listing.path

    def list(self, request: Request) -> Response:
        """The rows, filtered, a page at a time."""
        return listed(request, self.listing, request.query_params)

    def create(self, request: Request) -> Response:
        """Create one."""
        rule = self.entity.creation
        args, _ = parse(rule, body_of(request))
        return self._send(request, Command(self.entity, rule, args), status=201)

    def retrieve(self, request: Request, name: str) -> Response:
        """One, as it is shown, as it stands in the log, as it was at a version, or at a time."""
        log, given = log_of(principal_of(request)), request.query_params.dict()
        sk = sk_of(log, self.entity, name)
        headers = behind(request)
        if not given:
            row = self.listing.rows().filter(id=log.id(self.entity, sk)).first()
            return self._answer(row or self._row(log.get(self.entity, sk)), headers)
        return self._answer(self._row(asked(log, self.entity, sk, given)), headers)

    def history(self, request: Request, name: str) -> Response:
        """Every version, oldest first, each with what it changed; `?after=` goes on above a version, and
        `?limit=` says how many."""
        log = log_of(principal_of(request))
        after = number(request.query_params.get("after", "0"), name="after")
        most = min(number(request.query_params.get("limit", f"{HISTORY_MOST}"), name="limit"), HISTORY_MOST)
        sk = sk_of(log, self.entity, name)
        below = log.get(self.entity, sk, version=after).state if after else None
        versions = log.history(self.entity, sk, after=after, limit=most)
        befores = [below, *(version.state for version in versions)]
        results = [told(version, before) for version, before in zip(versions, befores, strict=False)]
        last = versions[-1].version if versions and len(versions) == most else None
        return Response({"results": results, "next": last and request.build_absolute_uri(f"?after={last}")})

    def ask(self, request: Request, name: str) -> Response:
        """Ask the rule of this path."""
        return self._change(request, name, self.entity.rule(self.rule))

    def partial_update(self, request: Request, name: str) -> Response:
        """The rule `edit`."""
        return self._change(request, name, self.entity.rule("edit"))

    def destroy(self, request: Request, name: str) -> Response:
        """The rule `remove`."""
        return self._change(request, name, self.entity.rule("remove"))

    def _change(self, request: Request, name: str, rule: Rule[Any]) -> Response:
        args, version = parse(rule, body_of(request))
        sk = sk_of(log_of(principal_of(request)), self.entity, name)
        return self._send(request, Command(self.entity, rule, args, sk, decided_on(request, version)), status=200)

    def _send(self, request: Request, command: Command[Any], *, status: int) -> Response:
        key = once(request, body_of(request), status=status)
        if command.rule.adds and key is None:
            raise KeyRequired
        answer = writer(request, principal_of(request), source="api").send(command, once=key)
        return self._answer(self._told(answer), self._headers(request, answer, status), answer.replayed or status)

    def _told(self, answer: Answer[Any]) -> Row:
        """What a write is answered with."""
        return self._row(answer.version)

    def _headers(self, request: Request, answer: Answer[Any], status: int) -> dict[str, str]:
        version, headers = answer.version, wrote(request, answer.version)
        if (answer.replayed or status) == 201:
            headers["Location"] = request.build_absolute_uri(
                f"/api/v1/{self.path}/{version.code or public_id(version.id)}/"
            )
        if answer.replayed:
            headers["Idempotent-Replayed"] = "true"
        return headers

    def _answer(self, row: Row, headers: dict[str, str], status: int = 200) -> Response:
        return Response(
            serializer_of(self.listing)(row).data, status=status, headers=headers | {"ETag": f'"{row.version}"'}
        )

    def _row(self, version: Version[Any]) -> Row:
        row: Row | None = projection_of(self.entity.type).shown(version)
        assert row is not None, "what is a resource has rows"
        return row


def urls(listing: Listing[Any], *, view: type[Resource] = Resource, but: Collection[str] = ()) -> list[URLPattern]:
    """The paths of a resource; each rule is one, `edit` is PATCH as well, `remove` DELETE. `but` are rules that nobody
    asks from outside."""
    base, rules = listing.path, [rule for rule in listing.entity.rules.values() if rule.name not in but]
    changes = [rule.name for rule in rules if not rule.creates]
    verbs = {"get": "retrieve"}
    verbs |= {"patch": "partial_update"} if "edit" in changes else {}
    verbs |= {"delete": "destroy"} if "remove" in changes else {}

    def at(route: str, name: str, actions: Any, rule: str = "") -> URLPattern:
        return path(f"{base}/{route}", view.as_view(actions, listing=listing, rule=rule), name=f"api-{base}{name}")

    many = {"get": "list"} | ({"post": "create"} if len(changes) < len(rules) else {})
    return [
        at("", "", many),
        at("<str:name>/", "-one", verbs),
        at("<str:name>/history/", "-history", {"get": "history"}),
        *(at(f"<str:name>/{rule}/", f"-{rule}", {"post": "ask"}, rule) for rule in changes),
    ]
