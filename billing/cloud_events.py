"""Usage events as they come: CloudEvents 1.0 in their structured form."""

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from face.instants import Instant


class Data(BaseModel):
    """What an event says: how much, and of what, where its type does not."""

    model_config = ConfigDict(extra="allow")

    metric: str | None = None
    quantity: int = Field(1, strict=True)


class CloudEvent(BaseModel):
    """CloudEvents 1.0, structured. Its type is the metric, `api_calls` or `usage.api_calls`, unless `data` names it. Of
    extensions it takes those that tracing and routing add; nothing is made of them."""

    model_config = ConfigDict(extra="forbid")

    specversion: Literal["1.0"]
    id: str = Field(min_length=1)
    source: str = Field(min_length=1)
    type: str = Field(min_length=1)
    time: Instant | None = None
    data: Data = Data()
    subject: str | None = None
    datacontenttype: str | None = None
    dataschema: str | None = None
    traceparent: str | None = None
    tracestate: str | None = None
    partitionkey: str | None = None


def unknown_fields(event: Mapping[str, Any]) -> list[dict[str, str]]:
    """What an event has that no event has, in the contract's form."""
    names = sorted(str(name) for name in event.keys() - CloudEvent.model_fields.keys())
    return [{"pointer": f"/{name}", "code": "unknown_field", "detail": "There is no such field."} for name in names]
