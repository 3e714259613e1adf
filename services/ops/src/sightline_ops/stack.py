"""Where a stack's data lies, as Terraform's outputs or `make run` tell it."""

import json
import os
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from pydantic import BaseModel, ValidationError

from sightline.adapters.aws.clients import Clients
from sightline.adapters.aws.s3 import S3ObjectStore
from sightline.adapters.dynamo import dynamo_tables
from sightline.domain.images import PartName
from sightline.ports.tables import Tables


class UnknownStack(Exception):
    """The file does not tell of a stack; the message says how to make one that does."""


class Places(BaseModel):
    """Names and addresses; `endpoint` is the stand-in's, None for AWS itself."""

    region: str
    table: str
    buckets: dict[str, str]
    queues: dict[str, str]
    endpoint: str | None = None

    @classmethod
    def read(cls, path: Path) -> Self:
        """From a file of `terraform output -json`, or as `make run` leaves it.

        Raises `UnknownStack`.
        """
        try:
            outputs = json.loads(path.read_text())
            return cls.model_validate({name: each["value"] for name, each in outputs.items()})
        except (OSError, ValueError, TypeError, KeyError, ValidationError):
            raise UnknownStack(
                f"{path} tells of no stack: start one with `make run`, or, for AWS, have "
                "`terraform output -json > stack.json` and name it with --stack"
            ) from None

    def queue(self, part: PartName) -> str:
        return self.queues[part]

    def dead(self, part: PartName) -> str:
        return self.queues[f"{part}_dead"]


@dataclass(frozen=True, slots=True)
class Stack:
    """Everything that a command may use of a stack, opened once."""

    places: Places
    s3: Any
    sqs: Any
    tables: Tables
    originals: S3ObjectStore
    renditions: S3ObjectStore

    @classmethod
    async def open(cls, places: Places, stack: AsyncExitStack) -> Self:
        if places.endpoint is not None:
            # A stand-in takes any credentials, and the operator's own must not go there.
            os.environ.update(AWS_ACCESS_KEY_ID="local", AWS_SECRET_ACCESS_KEY="local")  # noqa: S106
        clients = Clients(stack, places.region)
        dynamodb = await clients.open("dynamodb", places.endpoint)
        s3 = await clients.open("s3", places.endpoint)
        return cls(
            places,
            s3,
            await clients.open("sqs", places.endpoint),
            dynamo_tables(dynamodb, places.table),
            S3ObjectStore(s3, places.buckets["originals"]),
            S3ObjectStore(s3, places.buckets["renditions"]),
        )
