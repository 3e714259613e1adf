"""The history of an image: what was done with it, when, and why it took that long."""

from collections.abc import Iterator
from datetime import datetime
from typing import Annotated, Literal, Self

from fastapi import APIRouter
from pydantic import BaseModel, Field

from sightline import tracing
from sightline.domain.images import PART_NAMES, Image, PartName
from sightline.domain.states import State
from sightline_api.dependencies import Images, OwnImage, Settings
from sightline_api.problems import AUTHENTICATED, ImageNotFoundProblem, documented

router = APIRouter(prefix="/v1/images", tags=["images"], responses=documented(*AUTHENTICATED))

Stage = Literal["upload", "queue", "work"]
HistoryPart = Literal["original", "recognition", "renditions"]
Outcome = Literal["completed", "running", "retried", "failed"]


#: Outcome of the work on a part in its final states.
WORK_OUTCOMES: dict[State, Outcome] = {State.SUCCEEDED: "completed", State.FAILED: "failed"}


class HistoryEntry(BaseModel):
    """A stage in the processing of an image."""

    stage: Stage = Field(
        description="`upload`: until S3 reported the upload. `queue`: until a service was free, or "
        "until the next attempt. `work`: one attempt of a service."
    )
    part: HistoryPart = Field(description="The part of the image; `original` for the upload.")
    started_at: datetime
    finished_at: datetime | None = Field(description="Null if it is running or unknown.")
    milliseconds: Annotated[int, Field(ge=0, json_schema_extra={"format": "int64"})] | None
    outcome: Outcome
    reason: str | None = Field(
        description="Why an attempt was `retried` (`timeout`, `superseded`, `interrupted` or "
        "`temporary_error`) or `failed` (the code of the failure).",
        examples=["temporary_error"],
    )

    @classmethod
    def between(
        cls,
        stage: Stage,
        part: HistoryPart,
        started_at: datetime,
        finished_at: datetime | None,
        outcome: Outcome = "completed",
        reason: str | None = None,
    ) -> Self:
        """Return an entry with its duration; clocks that differ do not make it negative."""
        milliseconds = None
        if finished_at is not None:
            milliseconds = max(0, round((finished_at - started_at).total_seconds() * 1000))
        return cls(
            stage=stage,
            part=part,
            started_at=started_at,
            finished_at=finished_at,
            milliseconds=milliseconds,
            outcome=outcome,
            reason=reason,
        )


class ImageHistory(BaseModel):
    """The stages of an image, in the order in which they started; of each part the last work."""

    trace_id: str | None = Field(
        description="ID of the trace in which the image was created, if traces were on.",
        examples=["4bf92f3577b34da6a3ce929d0e0e4736"],
    )
    trace_url: str | None = Field(
        description="URL of the page of this trace, where the operator configured one and the "
        "trace was recorded.",
        examples=["https://jaeger.example.com/trace/4bf92f3577b34da6a3ce929d0e0e4736"],
    )
    items: list[HistoryEntry]


@router.get(
    "/{image_id}/history",
    operation_id="get_image_history",
    summary="Get the history of an image",
    responses=documented(ImageNotFoundProblem),
)
async def get_image_history(key: OwnImage, images: Images, settings: Settings) -> ImageHistory:
    """Return when the image was uploaded, waited and was processed, with retries and reasons.

    When an image is reprocessed, the history is that of the last processing of each part.
    """
    image = await images.get(key)
    context = tracing.parse_traceparent(image.traceparent)
    return ImageHistory(
        trace_id=f"{context.trace_id:032x}" if context else None,
        trace_url=_format_trace_url(settings.trace_url, context),
        items=sorted(list_entries(image), key=lambda entry: entry.started_at),
    )


def _format_trace_url(template: str | None, context: tracing.TraceContext | None) -> str | None:
    """Return the URL of a trace that was sampled; None if no page shows it."""
    if template is None or context is None or not context.is_sampled:
        return None
    trace_id = f"{context.trace_id:032x}"
    # https://docs.aws.amazon.com/xray/latest/devguide/xray-api-sendingdata.html#xray-api-traceids
    xray_trace_id = f"1-{trace_id[:8]}-{trace_id[8:]}"
    return template.replace("{xray_trace_id}", xray_trace_id).replace("{trace_id}", trace_id)


def list_entries(image: Image) -> Iterator[HistoryEntry]:
    """Yield the entries of the upload and of each part."""
    # A command to reprocess is sent long after the upload.
    parts = [image.part(name) for name in PART_NAMES]
    queued = [part.queued_at for part in parts if part.queued_at and part.request is None]
    yield HistoryEntry.between(
        "upload",
        "original",
        image.created_at,
        min(queued, default=None),
        "completed" if any(part.state is not State.PENDING for part in parts) else "running",
    )
    for name in PART_NAMES:
        yield from _list_part_entries(image, name)


def _list_part_entries(image: Image, name: PartName) -> Iterator[HistoryEntry]:
    part = image.part(name)
    waiting_since = part.queued_at
    for attempt in part.attempts:
        if waiting_since is not None:
            yield HistoryEntry.between("queue", name, waiting_since, attempt.started_at)
        yield HistoryEntry.between(
            "work", name, attempt.started_at, attempt.ended_at, "retried", attempt.reason
        )
        waiting_since = attempt.ended_at
    # If the next attempt has not begun, a failure follows the last one.
    started_at = part.finished_at if part.is_attempt_ended else part.started_at
    if waiting_since is not None:
        outcome: Outcome = "completed" if started_at else "running"
        yield HistoryEntry.between("queue", name, waiting_since, started_at, outcome)
    if started_at is not None:
        yield HistoryEntry.between(
            "work",
            name,
            started_at,
            part.finished_at,
            WORK_OUTCOMES.get(part.state, "running"),
            part.failure.code if part.failure else None,
        )
