"""Starts the resizer: `python -m sightline_resizer`."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack

import uvloop

from sightline.aws import Clients
from sightline.dynamo import DynamoImageTable
from sightline.logs import configure_logs
from sightline.processing import PartProcessor
from sightline.s3 import S3ObjectStore
from sightline.service import consume
from sightline.settings import read_settings
from sightline_resizer.developing import Developing
from sightline_resizer.pictures import Limits
from sightline_resizer.settings import ResizerSettings


async def serve(settings: ResizerSettings) -> None:
    async with AsyncExitStack() as stack:
        clients = Clients(stack, settings.region)
        s3 = await clients.open("s3")
        originals = S3ObjectStore(s3, settings.originals_bucket)
        renditions = S3ObjectStore(s3, settings.renditions_bucket)
        executor = stack.enter_context(ThreadPoolExecutor(settings.threads, "pixels"))
        limits = Limits(pixels=settings.max_pixels)
        work = Developing(originals, renditions, executor, settings.max_bytes, limits)
        table = DynamoImageTable(await clients.open("dynamodb"), settings.table)
        processor = PartProcessor("renditions", table, originals, work)
        await consume(settings, clients, stack, processor)


def main() -> None:
    settings = read_settings(ResizerSettings)
    configure_logs("resizer", settings.log_level)
    uvloop.run(serve(settings))


if __name__ == "__main__":
    main()
