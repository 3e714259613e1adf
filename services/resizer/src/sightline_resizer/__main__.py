"""Run the resizer: `python -m sightline_resizer`."""

from contextlib import AsyncExitStack

from sightline import event_loop
from sightline.adapters.aws.clients import Clients
from sightline.adapters.aws.s3 import S3ObjectStore
from sightline.adapters.aws.sns import SnsTopic
from sightline.adapters.tables import open_tables, require_table
from sightline.consumer.part_processor import PartProcessor
from sightline.consumer.runtime import consume_uploads
from sightline.consumer.upload_messages import UploadMessages
from sightline.event_publisher import EventPublisher
from sightline.imaging.process_pool import DecodePool
from sightline.logging import configure_logs
from sightline.metric_export import export_metrics
from sightline.otlp import export_traces
from sightline.settings import read_settings
from sightline_resizer import renditions as renditions_module
from sightline_resizer.process import RenditionWork
from sightline_resizer.renditions import RenderOptions
from sightline_resizer.settings import ResizerSettings


async def serve(settings: ResizerSettings) -> None:
    """Consume the queue until SIGTERM or SIGINT."""
    async with AsyncExitStack() as stack:
        clients = Clients(stack, settings.region)
        s3 = await clients.open("s3")
        originals, renditions = (
            S3ObjectStore(s3, bucket, replicated=settings.replicated)
            for bucket in (settings.originals_bucket, settings.renditions_bucket)
        )
        pool = await stack.enter_async_context(
            DecodePool(
                settings.processes,
                settings.max_seconds,
                settings.max_memory,
                preload=(renditions_module.__name__,),
            )
        )
        options = RenderOptions(
            tuple(settings.renditions.items()),
            settings.rendition_format,
            settings.rendition_quality,
        )
        work = RenditionWork(
            originals, renditions, pool, settings.max_bytes, settings.limits, options
        )
        tables, _ = await open_tables(settings.table, clients, stack)
        events = EventPublisher(SnsTopic(await clients.open("sns"), settings.events_topic_arn))
        processor = PartProcessor(
            "renditions", tables.images, originals, work, events, settings.region, corrector=work
        )
        messages = UploadMessages(processor, settings.handling_seconds)
        await consume_uploads("renditions", settings, clients, stack, messages)


def main() -> None:
    """Read the settings from the environment and run the resizer."""
    settings = read_settings(ResizerSettings)
    require_table(settings.table)
    configure_logs("resizer", settings.log_level)
    with (
        export_traces("resizer", settings.trace_owner_key),
        export_metrics("resizer", settings.metrics, settings.metrics_namespace),
    ):
        event_loop.run(serve(settings))


if __name__ == "__main__":
    main()
