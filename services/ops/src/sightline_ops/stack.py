"""The resources of a stack, described by Terraform's outputs or by `make run`."""

import json
import os
from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from pydantic import BaseModel, ValidationError

from sightline.adapters.aws.clients import Clients
from sightline.adapters.aws.dead_letters import SqsDeadLetterQueue
from sightline.adapters.aws.s3 import S3ObjectStore
from sightline.adapters.aws.sqs import SqsMessageSender
from sightline.adapters.sqlite import UnusableDatabase
from sightline.adapters.tables import open_tables
from sightline.domain.images import PART_NAMES
from sightline.ports.dead_letters import DeadLetterQueue
from sightline.ports.object_store import ObjectStore
from sightline.ports.queues import MessageSender
from sightline.ports.tables import Tables

#: The file that `make run` writes.
DEFAULT_OUTPUTS = Path(".sightline/outputs.json")


class InvalidOutputs(Exception):
    """The file does not describe a stack; the message says how to create one that does."""


class StackOutputs(BaseModel):
    """Names and URLs of a stack's resources; `endpoint` is the emulator's URL, None for AWS.

    `sign_in` names the user pool. `replicated` is whether the table and the buckets are replicated
    to another region.
    """

    region: str
    table: str
    buckets: dict[str, str]
    queues: dict[str, str]
    sign_in: dict[str, Any] = {}
    endpoint: str | None = None
    replicated: bool = False

    @classmethod
    def read(cls, path: Path | None = None) -> Self:
        """Read a file with the output of `terraform output -json`, or the file of `make run`.

        Without a path, the variable `SIGHTLINE_STACK_OUTPUTS` contains the output, or else it is
        the file of `make run`. Raises `InvalidOutputs`.
        """
        text = os.environ.get("SIGHTLINE_STACK_OUTPUTS") if path is None else None
        path = path or DEFAULT_OUTPUTS
        try:
            outputs = json.loads(path.read_text() if text is None else text)
            return cls.model_validate({name: each["value"] for name, each in outputs.items()})
        except (OSError, ValueError, TypeError, KeyError, AttributeError, ValidationError):
            source = path if text is None else "SIGHTLINE_STACK_OUTPUTS"
            raise InvalidOutputs(
                f"{source} does not describe a stack. Start one with `make run`; for AWS, run "
                "`terraform output -json > stack.json` and pass `--stack stack.json`"
            ) from None

    def dead_letter_queue_url(self, part: str) -> str:
        return self.queues[f"{part}_dead"]


@dataclass(frozen=True, slots=True)
class Stack:
    """The ports through which commands use a stack; the queues are keyed by part."""

    region: str
    tables: Tables
    originals: ObjectStore
    renditions: ObjectStore
    queues: Mapping[str, MessageSender]
    dead_letters: Mapping[str, DeadLetterQueue]

    @classmethod
    async def open(cls, outputs: StackOutputs, exits: AsyncExitStack) -> Self:
        """Open the clients of a stack; they stay open until `exits` closes.

        Raises `InvalidOutputs`.
        """
        if outputs.endpoint is not None:
            # The emulator accepts any credentials; the operator's own must not be sent to it.
            os.environ.update(AWS_ACCESS_KEY_ID="local", AWS_SECRET_ACCESS_KEY="local")  # noqa: S106
        clients = Clients(exits, outputs.region)
        try:
            tables, _ = await open_tables(
                outputs.table, clients, exits, endpoint_url=outputs.endpoint
            )
        except (UnusableDatabase, ValueError) as error:
            raise InvalidOutputs(str(error)) from error
        s3 = await clients.open("s3", outputs.endpoint)
        sqs = await clients.open("sqs", outputs.endpoint)
        queues: dict[str, MessageSender] = {
            part: SqsMessageSender(sqs, outputs.queues[part]) for part in PART_NAMES
        }
        originals, renditions = (
            S3ObjectStore(s3, outputs.buckets[role], replicated=outputs.replicated)
            for role in ("originals", "renditions")
        )
        return cls(
            region=outputs.region,
            tables=tables,
            originals=originals,
            renditions=renditions,
            queues=queues,
            dead_letters={
                part: SqsDeadLetterQueue(sqs, outputs.dead_letter_queue_url(part), queue)
                for part, queue in queues.items()
            },
        )
