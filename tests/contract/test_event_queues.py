"""One suite for the inboxes of gateway tasks, and one for their register."""

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
from sightline.ports.event_queues import (
    EventQueueLost,
    EventQueueRegistry,
    EventQueues,
    Registration,
)
from sightline.ports.queues import QueueNotFound, Topic


@pytest.fixture(params=["memory", "dynamo"])
async def register(request: pytest.FixtureRequest, clients: Clients) -> EventQueueRegistry:
    if request.param == "memory":
        return MemoryEventQueueRegistry()
    client = await clients.open("dynamodb")
    name = f"inboxes-{uuid4()}"
    await client.create_table(**table_schema(name))
    return DynamoEventQueueRegistry(client, name)


async def test_what_is_registered_is_listed_as_last_renewed(register: EventQueueRegistry) -> None:
    assert await register.list() == []
    await register.add("a", 100)
    await register.add("b", 100)
    await register.renew("a", 200)
    assert sorted(await register.list()) == [Registration("a", 200), Registration("b", 100)]


async def test_what_is_removed_is_forgotten(register: EventQueueRegistry) -> None:
    await register.add("a", 100)
    await register.remove("a")
    await register.remove("a")
    assert await register.list() == []
    with pytest.raises(EventQueueLost):
        await register.renew("a", 200)
    assert await register.list() == []


async def test_one_alone_condemns(register: EventQueueRegistry) -> None:
    await register.add("a", 100)
    (seen,) = await register.list()
    assert await register.condemn(seen, 300)
    assert not await register.condemn(seen, 300)
    assert await register.list() == [Registration("a", 300)]


async def test_what_was_renewed_is_not_condemned(register: EventQueueRegistry) -> None:
    await register.add("a", 100)
    (seen,) = await register.list()
    await register.renew("a", 200)
    assert not await register.condemn(seen, 300)
    await register.renew("a", 400)


async def test_what_is_gone_is_not_condemned(register: EventQueueRegistry) -> None:
    assert not await register.condemn(Registration("a", 100), 300)
    assert await register.list() == []


async def test_the_condemned_cannot_renew(register: EventQueueRegistry) -> None:
    await register.add("a", 100)
    await register.condemn(Registration("a", 100), 300)
    with pytest.raises(EventQueueLost):
        await register.renew("a", 400)


async def test_a_condemnation_that_was_not_carried_out_can_be_taken_over(
    register: EventQueueRegistry,
) -> None:
    await register.add("a", 100)
    await register.condemn(Registration("a", 100), 300)
    assert await register.condemn(Registration("a", 300), 500)


async def test_a_name_may_begin_anew(register: EventQueueRegistry) -> None:
    await register.add("a", 100)
    await register.condemn(Registration("a", 100), 300)
    await register.add("a", 400)
    await register.renew("a", 500)
    assert await register.list() == [Registration("a", 500)]


class Rig:
    """Inboxes, and the topic that they listen to."""

    def __init__(self, inboxes: EventQueues, topic: Topic, new_name: Callable[[], str]) -> None:
        self.inboxes = inboxes
        self.topic = topic
        self.new_name = new_name


class Cloud:
    """A topic of its own, and what to look at it with."""

    def __init__(self, sqs: Any, sns: Any, topic_arn: str) -> None:
        self.sqs = sqs
        self.sns = sns
        self.topic_arn = topic_arn
        self.prefix = f"{uuid4().hex[:8]}-events-"
        self.inboxes = SqsEventQueues(sqs, sns, topic_arn, self.prefix)

    def new_name(self) -> str:
        return f"{self.prefix}{uuid4()}"

    def endpoint(self, name: str) -> str:
        return self.topic_arn.replace(":sns:", ":sqs:").rsplit(":", 1)[0] + f":{name}"

    async def subscriptions(self) -> list[str]:
        answer = await self.sns.list_subscriptions_by_topic(TopicArn=self.topic_arn)
        return [each["Endpoint"] for each in answer["Subscriptions"]]

    async def queues(self) -> list[str]:
        answer = await self.sqs.list_queues(QueueNamePrefix=self.prefix)
        return list(answer.get("QueueUrls", []))


@pytest.fixture
async def cloud(clients: Clients) -> Cloud:
    sns = await clients.open("sns")
    arn = (await sns.create_topic(Name=f"topic-{uuid4()}"))["TopicArn"]
    return Cloud(await clients.open("sqs"), sns, arn)


@pytest.fixture(params=["memory", "sqs"])
def rig(request: pytest.FixtureRequest, cloud: Cloud) -> Rig:
    if request.param == "memory":
        topic = MemoryTopic()
        return Rig(MemoryEventQueues(topic), topic, lambda: f"events-{uuid4()}")
    return Rig(cloud.inboxes, SnsTopic(cloud.sns, cloud.topic_arn), cloud.new_name)


async def test_an_inbox_hears_what_is_published_word_for_word(rig: Rig) -> None:
    first = await rig.inboxes.open(rig.new_name())
    second = await rig.inboxes.open(rig.new_name())
    await rig.topic.publish('{"a": "ä"}')
    for queue in (first, second):
        (message,) = await queue.receive(10, 1)
        assert message.body == '{"a": "ä"}'


async def test_an_inbox_opened_twice_is_one(rig: Rig) -> None:
    name = rig.new_name()
    await rig.inboxes.open(name)
    queue = await rig.inboxes.open(name)
    await rig.topic.publish("hello")
    assert len(await queue.receive(10, 1)) == 1
    assert await rig.inboxes.names() == {name}


async def test_a_removed_inbox_is_gone(rig: Rig) -> None:
    gone, kept = rig.new_name(), rig.new_name()
    queue = await rig.inboxes.open(gone)
    await rig.inboxes.open(kept)
    await rig.inboxes.remove(gone)
    await rig.inboxes.remove(gone)
    assert await rig.inboxes.names() == {kept}
    with pytest.raises(QueueNotFound):
        await queue.receive(10, 0)
    await rig.topic.publish("nobody fails for it")


async def test_what_a_crash_left_of_an_inbox_is_found_and_removed(cloud: Cloud) -> None:
    """A queue without a subscription, and a subscription without a queue."""
    queue, subscription = cloud.new_name(), cloud.new_name()
    await cloud.sqs.create_queue(QueueName=queue)
    await cloud.sns.subscribe(
        TopicArn=cloud.topic_arn, Protocol="sqs", Endpoint=cloud.endpoint(subscription)
    )
    assert await cloud.inboxes.names() == {queue, subscription}
    for name in (queue, subscription):
        await cloud.inboxes.remove(name)
    assert await cloud.inboxes.names() == set()
    assert await cloud.queues() == await cloud.subscriptions() == []


async def test_queues_of_others_are_left_alone(cloud: Cloud) -> None:
    """Whatever begins as ours do, but is named otherwise, and whoever else listens."""
    for name in (f"{cloud.prefix}archive", f"x-{cloud.new_name()}"):
        await cloud.sqs.create_queue(QueueName=name)
        await cloud.sns.subscribe(
            TopicArn=cloud.topic_arn, Protocol="sqs", Endpoint=cloud.endpoint(name)
        )
    assert await cloud.inboxes.names() == set()
    await cloud.inboxes.remove(f"{cloud.prefix}archive")
    assert len(await cloud.subscriptions()) == 2
    assert len(await cloud.queues()) == 1


async def test_nobody_but_the_topic_may_send(cloud: Cloud) -> None:
    name = cloud.new_name()
    await cloud.inboxes.open(name)
    (url,) = await cloud.queues()
    answer = await cloud.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])
    attributes = answer["Attributes"]
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


async def test_more_inboxes_than_one_page_are_found(cloud: Cloud) -> None:
    names = {cloud.new_name() for _ in range(105)}
    for name in names:
        await cloud.sns.subscribe(
            TopicArn=cloud.topic_arn, Protocol="sqs", Endpoint=cloud.endpoint(name)
        )
    assert await cloud.inboxes.names() == names
