"""Answers as they come: DynamoDB's JSON already has the shape that botocore's own parser makes of it, value by value.

That walk is two thirds of what projecting a fact would cost. It would turn times and binaries into Python's; there are
none in what we read.
"""

from typing import Any

import botocore.session
import orjson
from botocore.parsers import JSONParser, ResponseParserFactory


class _AsItComes(JSONParser):
    """botocore's parser of the protocol, errors included, without the walk."""

    def _handle_json_body(self, raw_body: bytes, shape: object) -> Any:
        return orjson.loads(raw_body) if raw_body else {}


class _Factory(ResponseParserFactory):
    """Gives every client of its session that parser."""

    def create_parser(self, protocol_name: str) -> JSONParser:
        assert protocol_name == "json", "DynamoDB speaks JSON"
        return _AsItComes()


def session() -> botocore.session.Session:
    """A session whose clients give answers as they come."""
    made = botocore.session.Session()
    made.register_component("response_parser_factory", _Factory())
    return made
