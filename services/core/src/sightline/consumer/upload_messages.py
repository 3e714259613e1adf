"""Process the messages of worker and resizer: uploads, and commands to reprocess an image.

A handler's exception decides about its message:

Rejected    the image cannot be processed: mark its part as failed, delete the message
Gone        the image was deleted meanwhile: remove what was stored, delete the message
(any other exception)   leave the message in the queue to be redelivered
"""

import asyncio
import logging
from collections.abc import Iterable
from typing import Protocol

from sightline import tracing
from sightline.consumer.messages import InvalidMessage, Upload, parse_uploads
from sightline.consumer.settlement import Exhausted, Failed, Handled, Outcome, working_receives
from sightline.domain.failures import Failure, Gone, Rejected
from sightline.ports.queues import Message

logger = logging.getLogger(__name__)

#: Why a part failed if every attempt failed for a reason outside the image.
RETRIES_EXHAUSTED = Failure(
    code="retries_exhausted",
    message="Processing failed repeatedly. Reprocess the image to try again.",
    final=False,
)


class Handler(Protocol):
    """Processes uploads. Every method must be idempotent, because messages are redelivered."""

    async def handle(self, upload: Upload) -> None:
        """Process an upload; its effects are durable when this returns.

        Raises `Rejected`, `Gone`, and any other exception if the attempt failed.
        """

    async def fail(self, upload: Upload, failure: Failure) -> None:
        """Mark the part of the upload as failed, unless it is settled already."""

    async def clear(self, upload: Upload) -> None:
        """Remove what was stored for an image that is gone."""


class UploadMessages:
    """`MessageHandler` of uploads; each upload times out after `timeout_seconds`."""

    def __init__(self, handler: Handler, timeout_seconds: float) -> None:
        self._handler = handler
        self._timeout_seconds = timeout_seconds

    async def attempt(self, message: Message, max_receives: int | None) -> Outcome:
        limit = working_receives(max_receives)
        try:
            uploads = [
                upload._replace(sent_at=message.sent_at) for upload in parse_uploads(message.body)
            ]
        except InvalidMessage:
            logger.exception("unreadable message", extra={"message_id": message.message_id})
            # In a backlog, its receives go on from those of the queue, and its delays would too.
            return Exhausted() if message.receive_count > limit else Failed()
        if message.receive_count > limit:
            return await self._give_up(message, uploads)
        # Sequential: a message with several records is rare, and each takes the usual resources.
        outcomes = [await self._handle(message, upload) for upload in uploads]
        failed = next((each for each in outcomes if isinstance(each, Failed)), None)
        if failed is None:
            return Handled(is_complete=Handled() in outcomes)
        if message.receive_count == limit:
            return await self._give_up(message, uploads)
        return failed

    async def _handle(self, message: Message, upload: Upload) -> Handled | Failed:
        with _trace("process upload", message, upload):
            return await self._handle_traced(upload)

    async def _handle_traced(self, upload: Upload) -> Handled | Failed:
        context = {"owner": upload.image.owner, "image_id": upload.image.image_id}
        try:
            async with asyncio.timeout(self._timeout_seconds):
                try:
                    await self._handler.handle(upload)
                    return Handled()
                except Rejected as rejection:
                    failure = rejection.failure
                    tracing.fail_unit(failure.code)
                    logger.info("rejected an image", extra={**context, "code": failure.code})
                    await self._handler.fail(upload, failure)
                except Gone:
                    logger.info("the image was deleted meanwhile", extra=context)
                    await self._handler.clear(upload)
        except Exception as error:
            tracing.fail_unit(type(error).__qualname__)
            logger.exception("could not process an upload", extra=context)
            return Failed(error)
        return Handled(is_complete=False)

    async def _give_up(self, message: Message, uploads: Iterable[Upload]) -> Outcome:
        try:
            async with asyncio.timeout(self._timeout_seconds):
                for upload in uploads:
                    with _trace("give up", message, upload):
                        tracing.fail_unit(RETRIES_EXHAUSTED.code)
                        await self._handler.fail(upload, RETRIES_EXHAUSTED)
        except Exception as error:
            logger.exception("could not mark the images of a message as failed")
            return Failed(error)
        return Exhausted()


def _trace(name: str, message: Message, upload: Upload) -> tracing.Span | tracing.NullSpan:
    """Return the root span of processing an upload; its trace is found in the row of the image.

    The first receive also records how long the message was in the queue.
    """
    if not tracing.is_enabled():
        return tracing.NULL_SPAN
    request = upload.request
    parent = tracing.parse_traceparent(request.traceparent) if request else None
    since = message.sent_at if message.receive_count == 1 else None
    root = tracing.root_span(name, "consumer", parent, waiting_since=since)
    root.set("messaging.system", "aws_sqs")
    root.set("messaging.message.id", message.message_id)
    root.set("sightline.receive_count", message.receive_count)
    root.set("sightline.image_id", upload.image.image_id)
    root.set_owner(upload.image.owner)
    return root
