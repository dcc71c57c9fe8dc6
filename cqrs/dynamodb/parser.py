"""Answers as they come: DynamoDB's JSON already has the shape that botocore's own parser makes of it, value by value.

That walk is two thirds of what projecting a fact would cost. It would turn times and binaries into Python's; there are
none in what we read. What is not whole, or not DynamoDB's, is no answer: ResponseParserError.
"""

import re
from binascii import crc32
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import botocore.session
import orjson
from botocore.model import Shape
from botocore.parsers import JSONParser, ResponseParserError, ResponseParserFactory

type Response = Mapping[str, Any]
"""botocore's: `status_code`, `headers`, whose names have any case, and `body`, bytes."""

_CODE = re.compile(r"[A-Za-z][A-Za-z0-9.]{0,99}", re.ASCII)
_REQUIRED = {
    "BatchGetItemOutput": "Responses",
    "DescribeStreamOutput": "StreamDescription",
    "DescribeTableOutput": "Table",
    "GetRecordsOutput": "Records",
    "GetShardIteratorOutput": "ShardIterator",
    "QueryOutput": "Items",
    "ScanOutput": "Items",
}
"""What must be in an answer, by its shape: without it, it would read as an empty one, or as none at all."""


class _AsItComes(JSONParser):
    """botocore's parser of the protocol, errors included, without the walk."""

    def parse(self, response: Response, shape: Shape) -> Any:
        """The answer. ResponseParserError where it says that something was done, and cannot be believed."""
        if response["status_code"] <= HTTPStatus.MULTIPLE_CHOICES:
            _require_whole(response)
        return super().parse(response, shape)

    def _handle_json_body(self, raw_body: bytes, shape: Shape) -> dict[str, Any]:
        try:
            found = orjson.loads(raw_body)
        except ValueError as error:
            raise ResponseParserError("no JSON") from error
        if not isinstance(found, dict) or _REQUIRED.get(shape.name, "") not in {"", *found}:
            raise ResponseParserError(f"no {shape.name}")
        return found

    def _do_error_parse(self, response: Response, shape: Shape) -> dict[str, Any]:
        """An error by its code; by its status where it has none, or none that could be a code."""
        try:
            found: dict[str, Any] = super()._do_error_parse(response, shape)  # type: ignore[misc]  # the stubs leave it out
        except (ValueError, TypeError, AttributeError):  # it is no JSON object, or no text at all
            found = {"Error": {"Message": ""}, "ResponseMetadata": {}}
        if not _CODE.fullmatch(str(found["Error"].get("Code", ""))):
            found["Error"]["Code"] = str(response["status_code"])
        return found


def _require_whole(response: Response) -> None:
    headers, body = response["headers"], response["body"]
    is_dynamodbs = headers.get("Content-Type", "").startswith("application/x-amz-json") or "x-amzn-RequestId" in headers
    if response["status_code"] != HTTPStatus.OK or not is_dynamodbs:
        raise ResponseParserError("this is not DynamoDB's")
    if headers.get("Content-Length", str(len(body))) != str(len(body)):
        raise ResponseParserError("the answer is cut short")
    if headers.get("x-amz-crc32", str(crc32(body))) != str(crc32(body)):
        raise ResponseParserError("the answer is garbled")


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
