"""Verify Sightline in a real AWS account: create a stack, use it, break it, and delete it.

    make verify-aws REGION=eu-central-1 [OPTIONS="--dry-run"]

Every step prints what it proves. All steps take less than an hour and cost less than 5 US dollars:
the stack is that of dev.tfvars.example, with AWS WAF. If a step fails, the stack is destroyed
nevertheless, unless `--keep` is given; `--from STEP` then continues with it.
"""

import argparse
import json
import os
import secrets
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

import boto3
import httpx

from sightline_client import Pool, Sightline
from sightline_client.errors import ImageDeleted, NotFound
from sightline_client.generated.models import (
    ImageUploadRequest,
    ImageUploadRequestMediaType,
    ImageView,
)
from sightline_local.demo import find_sample

ROOT = Path(__file__).parents[2]
CONFIGURATION = ROOT / "infra" / "terraform"
ENVIRONMENT = "verify"
NAME = f"sightline-{ENVIRONMENT}"

#: Maximum times in seconds: the consumers start from zero tasks, and ECS gives an image several
#: attempts before it rolls back.
PROCESSING_SECONDS = 1200
ROLLBACK_SECONDS = 1800
POLL_SECONDS = 5

#: Uploads in one request; together with 64 hexadecimal digits each, more than the 8 KiB of a body
#: that AWS WAF inspects.
BATCH_SIZE = 100

#: Makes a client of an AWS service in a region.
ClientFactory = Callable[[str, str], Any]

Outputs = dict[str, Any]


class VerificationFailed(Exception):
    """A step did not prove what it should; the message says why."""


def require(condition: object, message: str) -> None:
    if not condition:
        raise VerificationFailed(message)


class Journey:
    """What a user does with a stack, through its public interfaces only."""

    def __init__(self, outputs: Outputs, client: ClientFactory, endpoint: str = "") -> None:
        self._outputs = outputs
        self._client = client
        self._endpoint = endpoint
        self._email = f"verify-{secrets.token_hex(4)}@example.com"
        self._password = f"Aa1-{secrets.token_urlsafe(24)}"

    @cached_property
    def sightline(self) -> Sightline:
        """Create a user and sign in."""
        sign_in, region = self._outputs["sign_in"], self._outputs["region"]
        cognito, pool = self._client("cognito-idp", region), sign_in["pool_id"]
        cognito.admin_create_user(UserPoolId=pool, Username=self._email, MessageAction="SUPPRESS")
        cognito.admin_set_user_password(
            UserPoolId=pool, Username=self._email, Password=self._password, Permanent=True
        )
        return Sightline.sign_in(
            self._outputs["url"],
            self._email,
            self._password,
            Pool(pool, sign_in["client_id"], self._endpoint),
        )

    @cached_property
    def image(self) -> ImageView:
        """Upload a photograph, and wait until it is processed."""
        image = self.sightline.upload(find_sample(ROOT))
        return self.sightline.wait_until_ready(image.id, timeout=PROCESSING_SECONDS)

    def sign_in(self) -> None:
        require(self.sightline.usage().images == 0, "a new user already has images")

    def upload(self) -> None:
        require(self.image.labels, "Rekognition has found no label")
        require(self.image.renditions.items, "the image has no renditions")

    def deliver(self) -> None:
        """Fetch a rendition with its signed URL, and without the signature."""
        url = httpx.URL(self.image.renditions.items[0].url)
        signed = httpx.get(url)
        require(signed.is_success, f"the signed URL returned {signed.status_code}")
        require(signed.headers["content-type"].startswith("image/"), "the rendition is no image")
        unsigned = httpx.get(url.copy_with(query=None))
        require(unsigned.status_code == 403, f"without signature: {unsigned.status_code}")

    def search(self) -> None:
        label = self.image.labels[0].name
        found = [image.id for image in self.sightline.images(labels=[label])]
        require(self.image.id in found, f"the image is not found by its label {label}")

    def send_large_request(self) -> None:
        """Create as many uploads as one request may contain, and delete them."""
        requests = [
            ImageUploadRequest(
                media_type=ImageUploadRequestMediaType.IMAGEJPEG,
                bytes_=1,
                sha256=f"{index:064x}",
                title=64 * "x",
            )
            for index in range(BATCH_SIZE)
        ]
        created = self.sightline.create_uploads(requests)
        require(len(created) == BATCH_SIZE, "not all uploads were created")

    def delete(self) -> None:
        """Delete the image for good, and look for it in the API and in S3."""
        image_id = self.image.id
        s3 = self._client("s3", self._outputs["region"])
        bucket = self._outputs["buckets"]["originals"]
        before = [key for key in list_versions(s3, bucket) if image_id in key]
        require(before, "the original was not in S3")
        self.sightline.delete(image_id, permanent=True)
        try:
            self.sightline.image(image_id)
        except (NotFound, ImageDeleted):
            pass
        else:
            raise VerificationFailed("the API still returns the image")
        after = [key for key in list_versions(s3, bucket) if image_id in key]
        require(not after, f"versions of the original are left: {after}")

    def erase(self) -> None:
        """Erase the account, and look for the user in the table."""
        user = self._client("cognito-idp", self._outputs["region"]).admin_get_user(
            UserPoolId=self._outputs["sign_in"]["pool_id"], Username=self._email
        )
        (owner,) = [each["Value"] for each in user["UserAttributes"] if each["Name"] == "sub"]
        self.sightline.erase_account()
        pages = self._client("dynamodb", self._outputs["region"]).get_paginator("scan")
        left = [
            item["pk"]["S"]
            for page in pages.paginate(
                TableName=self._outputs["table"],
                FilterExpression="contains(pk, :owner)",
                ExpressionAttributeValues={":owner": {"S": owner}},
            )
            for item in page["Items"]
        ]
        require(not left, f"items of the user are left: {left}")
        self.sightline.close()


def list_versions(s3: Any, bucket: str) -> Iterator[str]:
    """Yield the key of every version and delete marker."""
    for page in s3.get_paginator("list_object_versions").paginate(Bucket=bucket):
        for each in (*page.get("Versions", []), *page.get("DeleteMarkers", [])):
            yield each["Key"]


def find_leftovers(client: ClientFactory, region: str, name: str) -> Iterator[str]:
    """Yield everything in the account that belongs to a stack, by its tag or its name.

    A KMS key that is scheduled for deletion is free of charge and is not a leftover, and neither
    are ECS resources that are inactive: AWS lists them for a while.
    """
    for each in sorted({region, "us-east-1"}):
        yield from _find_by_tag(client, each, name)
    for key, found in _list_names(client, region):
        if found.lstrip("/").startswith((f"{name}-", f"{name}/")) or found == name:
            yield f"{key} {found}"


def _find_by_tag(client: ClientFactory, region: str, name: str) -> Iterator[str]:
    pages = client("resourcegroupstaggingapi", region).get_paginator("get_resources")
    for page in pages.paginate(TagFilters=[{"Key": "Stack", "Values": [name]}]):
        for resource in page["ResourceTagMappingList"]:
            if not _is_inactive(client, region, resource["ResourceARN"]):
                yield resource["ResourceARN"]


def _list_names(client: ClientFactory, region: str) -> Iterator[tuple[str, str]]:
    """Yield kind and name of all resources that have no tags or outlive their stack most easily."""
    for each in sorted({region, "us-east-1"}):
        for page in client("logs", each).get_paginator("describe_log_groups").paginate():
            for group in page["logGroups"]:
                # Prefixes that AWS requires.
                found = group["logGroupName"].removeprefix("aws-waf-logs-")
                yield "log group", found.removeprefix("/aws/ecs/containerinsights/")
    for page in client("sqs", region).get_paginator("list_queues").paginate():
        for url in page.get("QueueUrls", []):
            yield "queue", url.rpartition("/")[2]
    for page in client("iam", region).get_paginator("list_roles").paginate():
        for role in page["Roles"]:
            yield "role", role["RoleName"]
    for page in client("dynamodb", region).get_paginator("list_tables").paginate():
        for table in page["TableNames"]:
            yield "table", table
    for page in client("ssm", region).get_paginator("describe_parameters").paginate():
        for parameter in page["Parameters"]:
            yield "parameter", parameter["Name"]
    for bucket in client("s3", region).list_buckets()["Buckets"]:
        yield "bucket", bucket["Name"]
    cloudfront = client("cloudfront", "us-east-1")
    for function in cloudfront.list_functions()["FunctionList"].get("Items", []):
        yield "function", function["Name"]
    controls = cloudfront.list_origin_access_controls()["OriginAccessControlList"]
    for control in controls.get("Items", []):
        yield "origin access control", control["Name"]


def _is_inactive(client: ClientFactory, region: str, arn: str) -> bool:
    service = arn.split(":")[2]
    if service == "kms":
        key = client("kms", region).describe_key(KeyId=arn)["KeyMetadata"]
        return str(key["KeyState"]) == "PendingDeletion"
    if service == "ecs" and ":task-definition/" in arn:
        ecs = client("ecs", region)
        definition = ecs.describe_task_definition(taskDefinition=arn)["taskDefinition"]
        return str(definition["status"]) != "ACTIVE"
    if service == "ecs" and ":cluster/" in arn:
        clusters = client("ecs", region).describe_clusters(clusters=[arn])["clusters"]
        return all(each["status"] == "INACTIVE" for each in clusters)
    return service == "ecs"


class Rollout:
    """A rollout of an image that cannot start, in place of the api."""

    def __init__(self, outputs: Outputs, client: ClientFactory) -> None:
        self._outputs = outputs
        self._ecs = client("ecs", outputs["region"])
        self._service = {"cluster": outputs["cluster"], "service": "api"}

    def run(self) -> None:
        current = self._describe()["taskDefinition"]
        broken = self._register(current, self._push_broken_image())
        self._ecs.update_service(
            cluster=self._outputs["cluster"], service="api", taskDefinition=broken
        )
        deadline = time.monotonic() + ROLLBACK_SECONDS
        has_failed = False
        while time.monotonic() < deadline:
            health = httpx.get(f"{self._outputs['url']}/health", timeout=30)
            require(health.is_success, f"the API returned {health.status_code} in between")
            service = self._describe()
            has_failed = has_failed or any(
                each["rolloutState"] == "FAILED" for each in service["deployments"]
            )
            (primary,) = [each for each in service["deployments"] if each["status"] == "PRIMARY"]
            if primary["taskDefinition"] == current and primary["rolloutState"] == "COMPLETED":
                require(has_failed, "ECS never reported the rollout as failed")
                return
            time.sleep(POLL_SECONDS)
        raise VerificationFailed("ECS has not rolled back in time")

    def _describe(self) -> Any:
        (service,) = self._ecs.describe_services(
            cluster=self._outputs["cluster"], services=["api"]
        )["services"]
        return service

    def _push_broken_image(self) -> str:
        """Push the current image with a command that fails, and return its name."""
        repository, region = self._outputs["repositories"]["api"], self._outputs["region"]
        image = f"{repository}:broken-{int(time.time())}"
        platform = "linux/arm64" if self._outputs["architecture"] == "ARM64" else "linux/amd64"
        password = _run("aws", "ecr", "get-login-password", "--region", region)
        registry = repository.partition("/")[0]
        _run("docker", "login", "--username", "AWS", "--password-stdin", registry, text=password)
        dockerfile = (
            f"FROM {repository}:{self._outputs['image_tag']}\n"
            'ENTRYPOINT ["python", "-c", "raise SystemExit(1)"]\n'
        )
        build = ("docker", "buildx", "build", "--platform", platform, "--provenance=false")
        _run(*build, "--tag", image, "--push", "-", text=dockerfile)
        return image

    def _register(self, current: str, image: str) -> str:
        """Register a copy of a task definition with another image, and return its ARN."""
        definition = self._ecs.describe_task_definition(taskDefinition=current)["taskDefinition"]
        accepted = self._ecs.meta.service_model.operation_model(
            "RegisterTaskDefinition"
        ).input_shape.members
        copy = {name: value for name, value in definition.items() if name in accepted}
        copy["containerDefinitions"][0]["image"] = image
        response = self._ecs.register_task_definition(**copy)
        return str(response["taskDefinition"]["taskDefinitionArn"])


class Step(NamedTuple):
    """One step, and the claim that holds if it succeeds."""

    name: str
    proves: str
    run: Callable[[], object]


class Verification:
    """The steps, in order, on one account and region."""

    def __init__(self, region: str, account: str, client: ClientFactory) -> None:
        self._region = region
        self._account = account
        self._client = client

    @cached_property
    def outputs(self) -> Outputs:
        text = _run("terraform", "output", "-json", folder=CONFIGURATION)
        return {name: output["value"] for name, output in json.loads(text).items()}

    @cached_property
    def journey(self) -> Journey:
        return Journey(self.outputs, self._client)

    def steps(self) -> list[Step]:
        return [
            Step(
                "account",
                "The credentials belong to the account that you name, and it has no stack "
                f"{NAME} from an earlier run.",
                self._check_account,
            ),
            Step("apply", "One command creates the whole stack.", lambda: self._stack("apply")),
            Step(
                "deploy",
                "The images start on Fargate with their roles, and become healthy.",
                lambda: self._stack("deploy"),
            ),
            Step("plan", "A second plan is empty: AWS returns what was written.", self._plan),
            Step(
                "sign-in",
                "A user of the pool signs in by SRP, and the API accepts the token.",
                lambda: self.journey.sign_in(),
            ),
            Step(
                "upload",
                "An upload wakes the consumers from zero tasks; Rekognition finds labels.",
                lambda: self.journey.upload(),
            ),
            Step(
                "deliver",
                "CloudFront serves renditions with a signature only.",
                lambda: self.journey.deliver(),
            ),
            Step("search", "The image is found by its label.", lambda: self.journey.search()),
            Step(
                "large-request",
                "The largest batch of uploads passes AWS WAF.",
                lambda: self.journey.send_large_request(),
            ),
            Step(
                "delete",
                "A deleted image is gone from the API, and from S3 with all versions.",
                lambda: self.journey.delete(),
            ),
            Step(
                "rollback",
                "ECS rolls back an image that does not start, while the API responds.",
                lambda: Rollout(self.outputs, self._client).run(),
            ),
            Step(
                "erase",
                "Erasing an account leaves no item of the user in the table.",
                lambda: self.journey.erase(),
            ),
            Step("destroy", "One command deletes the stack.", lambda: self._stack("destroy")),
            Step(
                "leftovers",
                "Nothing is left in the account that belongs to the stack.",
                self._check_leftovers,
            ),
        ]

    def _check_account(self) -> None:
        identity = self._client("sts", self._region).get_caller_identity()
        require(
            identity["Account"] == self._account,
            f"the credentials belong to the account {identity['Account']}",
        )
        self._check_leftovers()
        self._write_settings()

    def _check_leftovers(self) -> None:
        left = list(find_leftovers(self._client, self._region, NAME))
        require(not left, "resources are left: " + ", ".join(left))

    def _write_settings(self) -> None:
        text = (CONFIGURATION / "environments" / "dev.tfvars.example").read_text()
        settings = render_settings(text, self._region)
        (CONFIGURATION / "environments" / f"{ENVIRONMENT}.tfvars").write_text(settings)

    def _stack(self, command: str) -> None:
        subprocess.run(  # noqa: S603 - a script of this repository
            [str(CONFIGURATION / "stack"), command, ENVIRONMENT],
            env={**os.environ, "CONFIRM": ENVIRONMENT},
            stdin=subprocess.DEVNULL,
            check=True,
        )

    def _plan(self) -> None:
        text = _run(str(CONFIGURATION / "stack"), "plan", ENVIRONMENT)
        require("No changes." in text, f"the second plan has changes:\n{text[-3000:]}")


def render_settings(example: str, region: str) -> str:
    """Return the settings of the stack: those of the dev example in a region, with AWS WAF."""
    lines = []
    for line in example.splitlines():
        name = line.partition("=")[0].strip()
        value = {"environment": f'"{ENVIRONMENT}"', "region": f'"{region}"', "firewall": "true"}
        lines.append(f"{name} = {value[name]}" if name in value and line[0].isalpha() else line)
    return "\n".join(lines) + "\n"


def create_client_factory(region: str) -> ClientFactory:
    """Return a factory of clients that share the credentials of the environment."""
    session = boto3.Session(region_name=region or None)

    def create(service: str, region: str) -> Any:
        return session.client(service, region_name=region)  # type: ignore[call-overload]

    return create


def _run(*command: str, text: str | None = None, folder: Path = ROOT) -> str:
    done = subprocess.run(  # noqa: S603 - programs that this script names
        command, input=text, cwd=folder, capture_output=True, text=True
    )
    require(done.returncode == 0, f"{command[0]} {command[1]} failed: {done.stderr[-3000:]}")
    return done.stdout


def _parse(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    names = [step.name for step in Verification("", "", create_client_factory("")).steps()]
    parser.add_argument("--region", required=True, help="AWS Region with Amazon Rekognition")
    parser.add_argument("--account", help="the account ID, as confirmation (default: ask for it)")
    parser.add_argument("--dry-run", action="store_true", help="only list the steps")
    parser.add_argument("--from", dest="first", choices=names, help="start with this step")
    parser.add_argument("--keep", action="store_true", help="keep the stack if a step fails")
    return parser.parse_args(arguments)


def verify(steps: list[Step], *, cleanup: Callable[[], object] | None) -> bool:
    """Run the steps until one fails, then clean up. Return whether all succeeded."""
    for number, step in enumerate(steps, 1):
        print(f"[{number}/{len(steps)}] {step.name}: {step.proves}", flush=True)
        began = time.monotonic()
        try:
            step.run()
        except Exception as error:
            print(f"  FAILED after {time.monotonic() - began:.0f} s: {error}", file=sys.stderr)
            if cleanup is not None and step.name not in {"account", "destroy", "leftovers"}:
                cleanup()
            return False
        print(f"  proved in {time.monotonic() - began:.0f} s", flush=True)
    return True


def main(arguments: list[str] | None = None) -> None:
    options = _parse(arguments)
    account = options.account or ""
    if not account and not options.dry_run:
        account = input("This creates resources that cost money. Type the account ID to continue: ")
    verification = Verification(options.region, account, create_client_factory(options.region))
    steps = verification.steps()
    if options.first:
        steps = steps[[step.name for step in steps].index(options.first) :]
    if options.dry_run:
        for number, step in enumerate(steps, 1):
            print(f"[{number}/{len(steps)}] {step.name}: {step.proves}")
        return
    destroy = next(step for step in verification.steps() if step.name == "destroy")
    if not verify(steps, cleanup=None if options.keep else destroy.run):
        sys.exit(1)


if __name__ == "__main__":
    main()
