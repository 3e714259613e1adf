"""Starts the worker: `python -m sightline_worker`."""

from contextlib import AsyncExitStack

import uvloop

from sightline.aws import Clients
from sightline.dynamo import DynamoImageTable
from sightline.logs import configure_logs
from sightline.processing import PartProcessor
from sightline.s3 import S3ObjectStore
from sightline.service import consume
from sightline.settings import read_settings
from sightline_worker.detector import RekognitionDetector
from sightline_worker.recognizing import Recognizing
from sightline_worker.settings import WorkerSettings


async def serve(settings: WorkerSettings) -> None:
    async with AsyncExitStack() as stack:
        clients = Clients(stack, settings.region)
        originals = S3ObjectStore(await clients.open("s3"), settings.originals_bucket)
        detector = RekognitionDetector(
            await clients.open("rekognition"),
            settings.originals_bucket,
            settings.max_labels,
            settings.min_confidence,
        )
        table = DynamoImageTable(await clients.open("dynamodb"), settings.table)
        work = Recognizing(detector, originals)
        processor = PartProcessor("recognition", table, originals, work)
        await consume(settings, clients, stack, processor)


def main() -> None:
    settings = read_settings(WorkerSettings)
    configure_logs("worker", settings.log_level)
    uvloop.run(serve(settings))


if __name__ == "__main__":
    main()
