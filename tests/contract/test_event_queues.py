"""The contracts of `EventQueues` and `EventQueueRegistry`."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from uuid_utils.compat import uuid4

from sightline.adapters.aws.clients import Clients
from sightline.adapters.aws.event_queues import SqsEventQueues
from sightline.adapters.aws.sns import SnsTopic
from sightline.adapters.dynamo import DynamoEventQueueRegistry
from sightline.adapters.dynamo.schema import table_schema
from sightline.adapters.memory import MemoryEventQueueRegistry, MemoryEventQueues, MemoryTopic
from sightline.adapters.sqlite import Database, SqliteEventQueueRegistry
from sightline.ports.event_queues import (
    EventQueueLost,
    EventQueueRegistry,
    EventQueues,
    Registration,
)
from sightline.ports.queues import QueueNotFound, Topic


@pytest.fixture(params=["memory", "dynamo", "sqlite"])
async def registry(
    request: pytest.FixtureRequest, clients: Clients, database: Database
) -> EventQueueRegistry:
    if request.param == "memory":
        return MemoryEventQueueRegistry()
    if request.param == "sqlite":
        return SqliteEventQueueRegistry(database)
    client = await clients.open("dynamodb")
    name = f"event-queues-{uuid4()}"
    await client.create_table(**table_schema(name))
    return DynamoEventQueueRegistry(client, name)


async def test_list_returns_registrations_as_last_renewed(registry: EventQueueRegistry) -> None:
    assert await registry.list() == []
    await registry.add("a", 100)
    await registry.add("b", 100)
    await registry.renew("a", 200)
    assert sorted(await registry.list()) == [Registration("a", 200), Registration("b", 100)]


async def test_remove_is_idempotent_and_ends_the_lease(registry: EventQueueRegistry) -> None:
    await registry.add("a", 100)
    await registry.remove("a")
    await registry.remove("a")
    assert await registry.list() == []
    with pytest.raises(EventQueueLost):
        await registry.renew("a", 200)
    assert await registry.list() == []


async def test_claim_removal_succeeds_only_once(registry: EventQueueRegistry) -> None:
    await registry.add("a", 100)
    (seen,) = await registry.list()
    assert await registry.claim_removal(seen, 300)
    assert not await registry.claim_removal(seen, 300)
    assert await registry.list() == [Registration("a", 300)]


async def test_claim_removal_fails_after_a_renewal(registry: EventQueueRegistry) -> None:
    await registry.add("a", 100)
    (seen,) = await registry.list()
    await registry.renew("a", 200)
    assert not await registry.claim_removal(seen, 300)
    await registry.renew("a", 400)


async def test_claim_removal_fails_for_a_removed_queue(registry: EventQueueRegistry) -> None:
    assert not await registry.claim_removal(Registration("a", 100), 300)
    assert await registry.list() == []


async def test_renew_fails_after_the_removal_was_claimed(registry: EventQueueRegistry) -> None:
    await registry.add("a", 100)
    await registry.claim_removal(Registration("a", 100), 300)
    with pytest.raises(EventQueueLost):
        await registry.renew("a", 400)


async def test_an_expired_claim_can_be_taken_over(
    registry: EventQueueRegistry,
) -> None:
    await registry.add("a", 100)
    await registry.claim_removal(Registration("a", 100), 300)
    assert await registry.claim_removal(Registration("a", 300), 500)


async def test_add_replaces_a_claimed_registration(registry: EventQueueRegistry) -> None:
    await registry.add("a", 100)
    await registry.claim_removal(Registration("a", 100), 300)
    await registry.add("a", 400)
    await registry.renew("a", 500)
    assert await registry.list() == [Registration("a", 500)]


class EventQueuesUnderTest:
    """Event queues, and the topic that they are subscribed to."""

    def __init__(self, queues: EventQueues, topic: Topic, new_name: Callable[[], str]) -> None:
        self.queues = queues
        self.topic = topic
        self.new_name = new_name


class Cloud:
    """Event queues in SQS with a topic of their own, and clients that inspect them."""

    def __init__(self, sqs: Any, sns: Any, topic_arn: str) -> None:
        self.sqs = sqs
        self.sns = sns
        self.topic_arn = topic_arn
        self.prefix = f"{uuid4().hex[:8]}-events-"
        self.event_queues = SqsEventQueues(sqs, sns, topic_arn, self.prefix)

    def new_name(self) -> str:
        return f"{self.prefix}{uuid4()}"

    def endpoint(self, name: str) -> str:
        return self.topic_arn.replace(":sns:", ":sqs:").rsplit(":", 1)[0] + f":{name}"

    async def subscriptions(self) -> list[str]:
        response = await self.sns.list_subscriptions_by_topic(TopicArn=self.topic_arn)
        return [each["Endpoint"] for each in response["Subscriptions"]]

    async def queues(self) -> list[str]:
        response = await self.sqs.list_queues(QueueNamePrefix=self.prefix)
        return list(response.get("QueueUrls", []))


@pytest.fixture
async def cloud(clients: Clients) -> Cloud:
    sns = await clients.open("sns")
    arn = (await sns.create_topic(Name=f"topic-{uuid4()}"))["TopicArn"]
    return Cloud(await clients.open("sqs"), sns, arn)


@pytest.fixture(params=["memory", "sqs"])
def queues_under_test(request: pytest.FixtureRequest, cloud: Cloud) -> EventQueuesUnderTest:
    if request.param == "memory":
        topic = MemoryTopic()
        return EventQueuesUnderTest(MemoryEventQueues(topic), topic, lambda: f"events-{uuid4()}")
    return EventQueuesUnderTest(
        cloud.event_queues, SnsTopic(cloud.sns, cloud.topic_arn), cloud.new_name
    )


async def test_every_queue_receives_published_messages_unchanged(
    queues_under_test: EventQueuesUnderTest,
) -> None:
    first = await queues_under_test.queues.open(queues_under_test.new_name())
    second = await queues_under_test.queues.open(queues_under_test.new_name())
    await queues_under_test.topic.publish('{"a": "ä"}')
    for queue in (first, second):
        (message,) = await queue.receive(10, 1)
        assert message.body == '{"a": "ä"}'


async def test_open_is_idempotent(queues_under_test: EventQueuesUnderTest) -> None:
    name = queues_under_test.new_name()
    await queues_under_test.queues.open(name)
    queue = await queues_under_test.queues.open(name)
    await queues_under_test.topic.publish("hello")
    assert len(await queue.receive(10, 1)) == 1
    assert await queues_under_test.queues.names() == {name}


async def test_remove_is_idempotent_and_leaves_other_queues(
    queues_under_test: EventQueuesUnderTest,
) -> None:
    gone, kept = queues_under_test.new_name(), queues_under_test.new_name()
    queue = await queues_under_test.queues.open(gone)
    await queues_under_test.queues.open(kept)
    await queues_under_test.queues.remove(gone)
    await queues_under_test.queues.remove(gone)
    assert await queues_under_test.queues.names() == {kept}
    with pytest.raises(QueueNotFound):
        await queue.receive(10, 0)
    await queues_under_test.topic.publish("no queue is missing")


async def test_remove_deletes_what_a_crash_left_of_a_queue(cloud: Cloud) -> None:
    """A queue without a subscription, and a subscription without a queue."""
    queue, subscription = cloud.new_name(), cloud.new_name()
    await cloud.sqs.create_queue(QueueName=queue)
    await cloud.sns.subscribe(
        TopicArn=cloud.topic_arn, Protocol="sqs", Endpoint=cloud.endpoint(subscription)
    )
    assert await cloud.event_queues.names() == {queue, subscription}
    for name in (queue, subscription):
        await cloud.event_queues.remove(name)
    assert await cloud.event_queues.names() == set()
    assert await cloud.queues() == await cloud.subscriptions() == []


async def test_queues_of_other_stacks_are_ignored(cloud: Cloud) -> None:
    """Queues and subscriptions with the prefix but another name, or with another prefix."""
    for name in (f"{cloud.prefix}archive", f"x-{cloud.new_name()}"):
        await cloud.sqs.create_queue(QueueName=name)
        await cloud.sns.subscribe(
            TopicArn=cloud.topic_arn, Protocol="sqs", Endpoint=cloud.endpoint(name)
        )
    assert await cloud.event_queues.names() == set()
    await cloud.event_queues.remove(f"{cloud.prefix}archive")
    assert len(await cloud.subscriptions()) == 2
    assert len(await cloud.queues()) == 1


async def test_only_the_topic_may_send_to_a_queue(cloud: Cloud) -> None:
    name = cloud.new_name()
    await cloud.event_queues.open(name)
    (url,) = await cloud.queues()
    response = await cloud.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])
    attributes = response["Attributes"]
    assert attributes["QueueArn"] == cloud.endpoint(name)
    assert attributes["MessageRetentionPeriod"] == "300"
    assert json.loads(attributes["Policy"])["Statement"] == [
        {
            "Effect": "Allow",
            "Principal": {"Service": "sns.amazonaws.com"},
            "Action": "sqs:SendMessage",
            "Resource": cloud.endpoint(name),
            "Condition": {"ArnEquals": {"aws:SourceArn": cloud.topic_arn}},
        }
    ]


async def test_names_returns_more_queues_than_one_page(cloud: Cloud) -> None:
    names = {cloud.new_name() for _ in range(105)}
    for name in names:
        await cloud.sns.subscribe(
            TopicArn=cloud.topic_arn, Protocol="sqs", Endpoint=cloud.endpoint(name)
        )
    assert await cloud.event_queues.names() == names
