"""Answers of AWS in JSON, taken as they are.

botocore walks through every answer by its model and makes a copy. In JSON the copy is the same, but
for times and bytes, which no answer that we read has; for a page of images it takes longer than all
the rest.
"""

import json
from typing import Any

from aiobotocore.parsers import AioJSONParser, AioResponseParserFactory


class PlainJsonParser(AioJSONParser):
    """A parser that does not look at the model; errors are still told by theirs."""

    def _handle_json_body(self, raw_body: bytes, shape: Any) -> Any:
        return json.loads(raw_body) if raw_body else {}


class PlainParsers(AioResponseParserFactory):
    """botocore's parsers, but for the protocol of DynamoDB, SQS and Rekognition."""

    def __init__(self) -> None:
        super().__init__()
        self._json = PlainJsonParser()

    def create_parser(self, protocol_name: str) -> Any:
        if protocol_name == "json":
            return self._json
        return super().create_parser(protocol_name)
