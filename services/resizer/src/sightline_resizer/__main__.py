"""Starts the resizer: `python -m sightline_resizer`."""

from contextlib import AsyncExitStack

import uvloop

from sightline.aws import Clients
from sightline.dynamo import DynamoImageTable
from sightline.events import Publisher
from sightline.logs import configure_logs
from sightline.processing import PartProcessor
from sightline.s3 import S3ObjectStore
from sightline.service import consume
from sightline.settings import read_settings
from sightline.sns import SnsTopic
from sightline.workbench import Workbench
from sightline_resizer import renditions as renditions_module
from sightline_resizer.developing import Developing
from sightline_resizer.renditions import Recipe
from sightline_resizer.settings import ResizerSettings


async def serve(settings: ResizerSettings) -> None:
    async with AsyncExitStack() as stack:
        clients = Clients(stack, settings.region)
        s3 = await clients.open("s3")
        originals = S3ObjectStore(s3, settings.originals_bucket)
        renditions = S3ObjectStore(s3, settings.renditions_bucket)
        bench = await stack.enter_async_context(
            Workbench(
                settings.processes,
                settings.max_seconds,
                settings.max_memory,
                preload=(renditions_module.__name__,),
            )
        )
        recipe = Recipe(
            tuple(settings.renditions.items()),
            settings.rendition_format,
            settings.rendition_quality,
        )
        work = Developing(originals, renditions, bench, settings.max_bytes, settings.limits, recipe)
        table = DynamoImageTable(await clients.open("dynamodb"), settings.table)
        events = Publisher(SnsTopic(await clients.open("sns"), settings.events_topic_arn))
        processor = PartProcessor("renditions", table, originals, work, events)
        await consume(settings, clients, stack, processor)


def main() -> None:
    settings = read_settings(ResizerSettings)
    configure_logs("resizer", settings.log_level)
    uvloop.run(serve(settings))


if __name__ == "__main__":
    main()
