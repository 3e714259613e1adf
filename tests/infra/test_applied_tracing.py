"""The collectors of traces in an applied stack."""

import json

import pytest

from infra.conftest import Applied
from infra.terraform import Json
from infra.test_applied import SETTINGS


@pytest.fixture(scope="module")
def definitions(applied: Applied) -> dict[str, Json]:
    """Return the task definitions by service."""
    ecs, name = applied.client("ecs"), applied.outputs["name"]
    return {
        service: ecs.describe_task_definition(taskDefinition=f"{name}-{service}")["taskDefinition"]
        for service in SETTINGS
    }


@pytest.fixture(scope="module")
def collectors(definitions: dict[str, Json]) -> dict[str, Json]:
    """Return the container definition of the collector in the tasks of each service."""
    return {
        service: definition["containerDefinitions"][1]
        for service, definition in definitions.items()
    }


@pytest.mark.parametrize("service", SETTINGS)
def test_collector_cannot_harm_the_service(collectors: dict[str, Json], service: str) -> None:
    """It may fail, is bounded in memory, and has neither root rights nor a writable path."""
    collector = collectors[service]
    assert collector["essential"] is False
    assert collector["user"] == "4317"
    assert collector["readonlyRootFilesystem"] is True
    assert collector["mountPoints"] == []
    assert collector["linuxParameters"]["capabilities"]["drop"] == ["ALL"]
    limiter = _configuration(collector)["processors"]["memory_limiter"]
    assert limiter["limit_mib"] < collector["memory"]
    assert limiter["spike_limit_mib"] < limiter["limit_mib"]
    (pipeline,) = _configuration(collector)["service"]["pipelines"].values()
    # The limiter must come first, to reject spans before they are kept.
    assert pipeline["processors"][0] == "memory_limiter"


@pytest.mark.parametrize("service", SETTINGS)
def test_service_has_most_of_the_task(definitions: dict[str, Json], service: str) -> None:
    """Both containers together fit into the task, and the service has most of its CPU."""
    definition = definitions[service]
    own, collector = definition["containerDefinitions"]
    assert own["cpu"] + collector["cpu"] == int(definition["cpu"])
    assert collector["cpu"] <= own["cpu"] / 7
    assert collector["memory"] <= int(definition["memory"]) / 2


@pytest.mark.parametrize("service", SETTINGS)
def test_collector_receives_what_the_service_sends(
    applied: Applied, collectors: dict[str, Json], service: str
) -> None:
    """Both use the same port of the loopback interface, which no other task reaches."""
    configuration = _configuration(collectors[service])
    endpoint = configuration["receivers"]["otlp"]["protocols"]["http"]["endpoint"]
    settings = applied.outputs["settings"][service]
    assert settings["OTEL_EXPORTER_OTLP_ENDPOINT"] == f"http://{endpoint}"
    assert endpoint.startswith("127.0.0.1:")
    assert float(settings["OTEL_TRACES_SAMPLER_ARG"]) == 0.1
    defined = configuration["service"]
    (pipeline,) = defined["pipelines"].values()
    assert pipeline["receivers"] == list(configuration["receivers"])
    assert sorted(pipeline["processors"]) == sorted(configuration["processors"])
    assert pipeline["exporters"] == list(configuration["exporters"]) == ["awsxray"]
    assert defined["extensions"] == list(configuration["extensions"])


@pytest.mark.parametrize("service", SETTINGS)
def test_task_may_only_send_traces(applied: Applied, service: str) -> None:
    """The services decide which traces are sampled, so the collector reads no sampling rules."""
    policy = applied.client("iam").get_role_policy(
        RoleName=f"{applied.outputs['name']}-{service}", PolicyName="traces"
    )["PolicyDocument"]
    (statement,) = policy["Statement"]
    assert statement["Action"] == "xray:PutTraceSegments"


@pytest.mark.parametrize("service", SETTINGS)
def test_image_of_the_collector_can_be_pulled(
    applied: Applied, collectors: dict[str, Json], service: str
) -> None:
    """The execution role permits it, and the endpoint of X-Ray is in the network."""
    registry, _, image = collectors[service]["image"].partition("/")
    name, _, version = image.partition(":")
    assert version
    policy = applied.client("iam").get_role_policy(
        RoleName=f"{applied.outputs['name']}-{service}-execution", PolicyName="start"
    )["PolicyDocument"]
    (pull,) = [each for each in policy["Statement"] if each["Sid"] == "PullImages"]
    account, region = registry.split(".")[0], registry.split(".")[3]
    assert f"arn:aws:ecr:{region}:{account}:repository/{name}" in pull["Resource"]
    endpoints = applied.client("ec2").describe_vpc_endpoints()["VpcEndpoints"]
    assert f"com.amazonaws.{region}.xray" in [each["ServiceName"] for each in endpoints]


def _configuration(collector: Json) -> Json:
    """Return the configuration of a collector: YAML, in the subset that is JSON."""
    environment = {each["name"]: each["value"] for each in collector["environment"]}
    configuration: Json = json.loads(environment["AOT_CONFIG_CONTENT"])
    return configuration
