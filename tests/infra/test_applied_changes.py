"""Changes of the settings of an applied stack: they keep all data, and replace no service."""

import json
from collections.abc import Iterator

import pytest

from infra.conftest import Applied, generate_key_pair
from infra.terraform import Json

#: Resources that a change may replace, and why that interrupts nothing.
REPLACEABLE = {
    "aws_ecs_task_definition": "revisions cannot be changed; earlier ones stay active",
    "aws_secretsmanager_secret_version": "tasks refer to the version that they were deployed with",
    "aws_cloudfront_vpc_origin": "the new one is in use before the old one is deleted",
}

#: Resources without data that a change may delete, because their option is switched off.
DELETABLE = {
    "aws_appautoscaling_policy",
    "aws_cloudwatch_metric_alarm",
    "aws_iam_role_policy",
    "aws_sns_topic_subscription",
    "aws_vpc_endpoint",
}


@pytest.fixture(scope="module")
def planned(applied: Applied) -> Iterator[list[Json]]:
    """Plan with a change of every setting that an operator would change, and yield the changes."""
    current = applied.outputs["url_signing"]
    settings = {
        "domain": "photos.example.com",
        "hosted_zone": "example.com",
        "hsts_preload": True,
        "url_signing": {
            "version": current["version"] + 1,
            "public_key": generate_key_pair()[1],
            "other_public_keys": [current["public_key"]],
        },
        "image_tag": "second",
        "architecture": "X86_64",
        "api": {"cpu": 1024, "memory": 3072, "maximum": 5, "spot": True, "on_demand_base": 2},
        "worker": {"cpu": 512, "memory": 4096, "minimum": 1, "spot": False},
        "resizer": {"cpu": 2048, "memory": 8192, "minimum": 0, "on_demand_base": 0},
        "shell": False,
        "tracing": None,
        "zones": 3,
        "mfa": "ON",
        "self_sign_up": False,
        "protect_data": True,
        "log_level": "DEBUG",
        "log_retention_days": 90,
        "noncurrent_days": 7,
        "alert_emails": ["other@example.com"],
        "budget": {"limit_usd": 70, "recognition_usd": 30},
        "price_class": "PriceClass_All",
        "requests_per_address": 1000,
        "max_p99_seconds": 2,
        "recognition_calls_per_second": 50,
        "cors_origins": ["http://localhost:5173"],
        "callback_urls": ["http://localhost:5173/"],
    }
    file = applied.terraform.folder / "changed.tfvars.json"
    file.write_text(json.dumps(settings))
    route53 = applied.client("route53")
    zone = route53.create_hosted_zone(Name="example.com", CallerReference="changes")["HostedZone"]
    try:
        plan = applied.terraform.plan(f"-var-file={file.name}")
        yield [each for each in plan["resource_changes"] if each["mode"] == "managed"]
    finally:
        route53.delete_hosted_zone(Id=zone["Id"])


def test_changed_settings_replace_nothing_that_is_in_use(planned: list[Json]) -> None:
    """No data store, network, service or user pool is replaced or deleted."""
    replaced = {
        each["type"]: each["address"]
        for each in planned
        if {"create", "delete"} <= set(each["change"]["actions"])
    }
    assert {name: replaced[name] for name in replaced.keys() - REPLACEABLE.keys()} == {}
    # Otherwise the entries are obsolete.
    assert replaced.keys() == REPLACEABLE.keys()
    deleted = {
        each["type"]: each["address"] for each in planned if each["change"]["actions"] == ["delete"]
    }
    assert {name: deleted[name] for name in deleted.keys() - DELETABLE} == {}


def test_changed_capacity_updates_services_in_place(planned: list[Json]) -> None:
    """A change of the capacity provider strategy is a rollout."""
    services = {
        each["address"].split(".")[1]: each["change"]
        for each in planned
        if each["type"] == "aws_ecs_service"
    }
    # ECS accepts changes of the api in a deployment by CodeDeploy only, which the script starts.
    assert services.pop("api")["actions"] == ["no-op"]
    # Its capacity has not changed, but its task definition has.
    services.pop("notifier[0]")
    assert services.keys() == {"resizer", "worker"}
    for change in services.values():
        assert change["actions"] == ["update"]
        name = "capacity_provider_strategy"
        assert change["before"][name] != change["after"][name]


def test_new_domain_replaces_the_vpc_origin_before_it_is_deleted(planned: list[Json]) -> None:
    """CloudFront rejects changes of a VPC origin in use, and two with the same name."""
    (origin,) = [each for each in planned if each["type"] == "aws_cloudfront_vpc_origin"]
    assert origin["change"]["actions"] == ["create", "delete"]
    names = [
        origin["change"][side]["vpc_origin_endpoint_config"][0]["name"]
        for side in ("before", "after")
    ]
    assert names[0] != names[1]


def test_new_signing_key_is_added_to_the_old_one(planned: list[Json]) -> None:
    """URLs that are signed with the old key stay valid."""
    actions = sorted(
        each["change"]["actions"] for each in planned if each["type"] == "aws_cloudfront_public_key"
    )
    assert actions == [["create"], ["no-op"]]


def test_earlier_task_definitions_stay_active(planned: list[Json]) -> None:
    """A replacement deregisters none, so that ECS can roll back."""
    services = {"module.api", "module.worker", "module.resizer", "module.notifier[0]"}
    definitions = [
        each
        for each in planned
        if each["type"] == "aws_ecs_task_definition" and each["module_address"] in services
    ]
    assert len(definitions) == len(services)
    for definition in definitions:
        assert definition["change"]["before"]["skip_destroy"] is True
