"""Run the worker: `python -m sightline_worker`."""

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
from sightline.imaging.decoding import Limits
from sightline.imaging.process_pool import DecodePool
from sightline.logging import configure_logs
from sightline.metric_export import export_metrics
from sightline.otlp import export_traces
from sightline.settings import read_settings
from sightline_worker import image_sources
from sightline_worker.detector import RekognitionDetector
from sightline_worker.image_sources import ImageSources
from sightline_worker.rate_limiter import RateLimiter
from sightline_worker.recognize import RecognitionWork
from sightline_worker.settings import WorkerSettings


async def serve(settings: WorkerSettings) -> None:
    """Consume the queue until SIGTERM or SIGINT."""
    async with AsyncExitStack() as stack:
        clients = Clients(stack, settings.region)
        originals = S3ObjectStore(await clients.open("s3"), settings.originals_bucket)
        tables, _ = await open_tables(settings.table, clients, stack)
        pool = await stack.enter_async_context(
            DecodePool(
                settings.processes,
                settings.max_seconds,
                settings.max_memory,
                preload=(image_sources.__name__,),
            )
        )
        limits = Limits(settings.max_pixels, settings.max_jpeg_pixels)
        detector = RekognitionDetector(
            # botocore must not retry throttled calls: the rate limiter paces all calls together.
            await clients.open("rekognition", attempts=1),
            settings.originals_bucket,
            RateLimiter(settings.calls_per_second),
        )
        work = RecognitionWork(
            detector,
            ImageSources(originals, pool, settings.max_bytes, limits),
            originals,
            tables.recognition_cache,
            tables.usage,
            settings.profile,
            settings.monthly_calls,
        )
        events = EventPublisher(SnsTopic(await clients.open("sns"), settings.events_topic_arn))
        processor = PartProcessor(
            "recognition", tables.images, originals, work, events, settings.region
        )
        messages = UploadMessages(processor, settings.handling_seconds)
        await consume_uploads("recognition", settings, clients, stack, messages)


def main() -> None:
    """Read the settings from the environment and run the worker."""
    settings = read_settings(WorkerSettings)
    require_table(settings.table)
    configure_logs("worker", settings.log_level)
    with (
        export_traces("worker", settings.trace_owner_key),
        export_metrics("worker", settings.metrics, settings.metrics_namespace),
    ):
        event_loop.run(serve(settings))


if __name__ == "__main__":
    main()
