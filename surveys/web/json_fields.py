"""What is pasted as JSON into a field of the builder."""

from typing import Any

from face.json_documents import DUPLICATE, parse_json
from face.refusals import Malformed
from surveys.domain.values import InvalidForm


def parse_field(text: str, *, pointer: str) -> Any:
    """The values that a field's text stands for. InvalidForm where it is no JSON, or names something twice."""
    try:
        return parse_json(text)
    except Malformed as refused:
        [first, *_] = refused.errors
        told = f"{first['pointer']} stands here more than once." if first["code"] == DUPLICATE else "This is not JSON."
        raise InvalidForm(told, pointer=pointer) from None
