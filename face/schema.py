"""OpenAPI 3.1: each rule's body is described by its own signature."""

from typing import Any

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter

from cqrs.domain import Rule
from face.arguments import body_model
from face.listing import Listing
from face.rows import serializer_of

PROBLEM: dict[str, Any] = {
    "type": "object",
    "description": "RFC 9457",
    "required": ["type", "title", "status", "detail", "code", "request_id", "retryable", "errors"],
    "properties": {
        "type": {"type": "string", "format": "uri"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "code": {"type": "string"},
        "request_id": {"type": "string"},
        "retryable": {"type": "boolean"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {name: {"type": "string"} for name in ("pointer", "code", "detail")},
            },
        },
    },
}
_RULES = {"partial_update": "edit", "destroy": "remove"}


class ResourceSchema(AutoSchema):
    """Describes a `face.resource.Resource` from its entity, serializer and filters."""

    view: Any

    def get_operation_id(self) -> str:
        action = self._rule().name if self._is_command() else self.view.action
        suffix = "_alias" if self.view.action in _RULES else ""
        return f"{self.view.path}_{action}{suffix}"

    def get_tags(self) -> list[str]:
        return [self.view.path]

    def get_description(self) -> str:  # type: ignore[override]  # as drf-spectacular has it
        doc = self._rule().apply.__doc__ if self._is_command() else getattr(self.view, self.view.action).__doc__
        return doc or ""

    def get_request_serializer(self) -> Any:
        return {"application/json": inlined(body_model(self._rule()))} if self._is_command() else None

    def get_response_serializers(self) -> Any:
        success = "201" if self.view.action == "create" else "200"
        return {success: self._body(), "default": {"application/problem+json": PROBLEM}}

    def get_override_parameters(self) -> list[Any]:
        action = self.view.action
        named: dict[str, list[tuple[str, Any, str]]] = {
            "list": [("limit", OpenApiTypes.INT, "1 to 100"), ("cursor", OpenApiTypes.STR, ""), *self._filters()],
            "retrieve": [
                ("version", OpenApiTypes.INT, "as that version left it"),
                ("as_of", OpenApiTypes.DATETIME, "as it was then"),
                ("consistent", OpenApiTypes.BOOL, "from the log"),
            ],
            "history": [("after", OpenApiTypes.INT, "versions above this one")],
        }
        queries = [OpenApiParameter(name, kind, description=text) for name, kind, text in named.get(action, [])]
        headers = ["Idempotency-Key"] if self._is_command() else ["Consistency-Token"]
        headers += ["If-Match"] if self._is_command() and action != "create" else []
        return queries + [OpenApiParameter(name, str, OpenApiParameter.HEADER) for name in headers]

    def _filters(self) -> list[tuple[str, Any, str]]:
        listing: Listing[Any] = self.view.listing
        ordering = f"{', '.join(listing.orderings)}; - before it for descending"
        filters = [
            (name, OpenApiTypes.STR, str(each.label or "")) for name, each in listing.filters.base_filters.items()
        ]
        return [("ordering", OpenApiTypes.STR, ordering), *filters]

    def _body(self) -> Any:
        match self.view.action:
            case "history":
                return {"type": "object", "properties": {"results": {"type": "array", "items": {"type": "object"}}}}
            case _:
                return serializer_of(self.view.listing)

    def _is_list_view(self, serializer: Any = None) -> bool:
        return False

    def _is_command(self) -> bool:
        return self.view.action in ("create", "ask", *_RULES)

    def _rule(self) -> Rule[Any]:
        rules: dict[str, Rule[Any]] = self.view.entity.rules
        if self.view.action == "create":
            creation: Rule[Any] = self.view.entity.creation
            return creation
        return rules[_RULES.get(self.view.action, self.view.rule)]


def inlined(model: Any) -> Any:
    """The model's JSON Schema without `$defs`, which an OpenAPI document does not look for inside an operation. What
    is made of itself is anything, from its second level on."""
    schema = model.model_json_schema()
    definitions = schema.pop("$defs", {})

    def resolve(node: Any, within: frozenset[str]) -> Any:
        if isinstance(node, dict) and "$ref" in node:
            name = node["$ref"].rpartition("/")[2]
            return {} if name in within else resolve(definitions[name], within | {name})
        if isinstance(node, dict):
            return {key: resolve(each, within) for key, each in node.items()}
        return [resolve(each, within) for each in node] if isinstance(node, list) else node

    return resolve(schema, frozenset())
