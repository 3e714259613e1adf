"""The stack as Terraform deploys it: containers of its tasks, with their roles and IAM enforced.

The tests depend on each other's order: permissions are removed, and the stack is destroyed, last.
"""

import json
from collections.abc import Iterator
from contextlib import closing
from fnmatch import fnmatchcase
from pathlib import Path

import httpx
import pytest

from cloud.conftest import NETWORK, SERVICES, TAG, EmulatedNetwork, Stack, User
from compose.conftest import run, wait_for
from infra.terraform import Json
from infra.test_applied import list_resources
from sightline_local.demo import upload
from sightline_local.errors import StackError
from sightline_local.sample_image import draw_sample

#: Permissions that the tests cannot need, by statement ID and action, and the reason.
UNCHECKED_PERMISSIONS = {
    ("TableKey", "kms:*"): "DynamoDB does not call KMS in MiniStack",
    ("ObjectAndTopicKey", "kms:*"): "S3 and SNS do not call KMS in MiniStack",
    ("ObjectAndMessageKey", "kms:*"): "S3, SNS and SQS do not call KMS in MiniStack",
    (
        "DetectMissingOriginals",
        "s3:ListBucket",
    ): "a missing object is always 404 in MiniStack",
}


def find_containers(*filters: str) -> list[Json]:
    """Return the running containers of tasks."""
    options = [option for each in filters for option in ("--filter", each)]
    ids = run("docker", "ps", "--quiet", "--filter", f"network={NETWORK}", *options).split()
    containers: list[Json] = json.loads(run("docker", "inspect", *ids)) if ids else []
    return containers


def find_objects(stack: Stack, image_id: str) -> list[str]:
    """Return the keys of all object versions of an image."""
    s3 = stack.emulator.client("s3")
    keys = []
    for role in ("originals", "renditions"):
        listing = s3.list_object_versions(Bucket=stack.outputs["buckets"][role])
        keys += [each["Key"] for each in listing.get("Versions", []) if image_id in each["Key"]]
    return keys


def find_items(stack: Stack, text: str) -> list[Json]:
    """Return the table items that contain a text."""
    pages = stack.emulator.client("dynamodb").get_paginator("scan")
    items = [
        item for page in pages.paginate(TableName=stack.outputs["table"]) for item in page["Items"]
    ]
    return [item for item in items if text in json.dumps(item, default=str)]


def fetch(stack: Stack, url: str) -> httpx.Response:
    """Fetch a URL that the API returned."""
    with httpx.Client(transport=EmulatedNetwork(stack.emulator.port)) as http:
        return http.get(url)


def test_each_service_runs_as_a_restricted_container(stack: Stack) -> None:
    containers = {
        each["Config"]["Labels"]["com.amazonaws.ecs.container-name"]: each
        for each in find_containers()
    }
    assert set(containers) == set(SERVICES)
    for service, container in containers.items():
        assert container["Config"]["Image"] == f"{stack.outputs['repositories'][service]}:{TAG}"
        assert container["HostConfig"]["ReadonlyRootfs"] is True
        assert container["HostConfig"]["CapDrop"] == ["ALL"]
        environment = dict(entry.split("=", 1) for entry in container["Config"]["Env"])
        assert environment.items() >= stack.outputs["settings"][service].items()
        # Credentials come from the role of the task only.
        assert "AWS_ACCESS_KEY_ID" not in environment


def test_an_upload_through_cloudfront_becomes_ready(stack: Stack, user: User) -> None:
    body = draw_sample(size=(900, 700))
    image = user.wait(user.upload(body))
    assert image["status"] == "ready"
    assert image["recognition"]["labels"]
    assert [rendition["name"] for rendition in image["renditions"]["items"]]
    for rendition in image["renditions"]["items"]:
        assert rendition["url"].startswith(f"{stack.outputs['url']}/renditions/")
        response = fetch(stack, rendition["url"])
        assert response.headers["content-type"] == "image/webp"
        assert len(response.content) == rendition["bytes"]
    original = user.http.get(f"/v1/images/{image['id']}/original").raise_for_status().json()
    assert fetch(stack, original["url"]).content == body
    label = image["recognition"]["labels"][0]["name"]
    found = user.http.get("/v1/images", params={"label": label}).raise_for_status().json()
    assert image["id"] in [each["id"] for each in found["items"]]


def test_all_features_are_recognized(user: User) -> None:
    features = ("labels", "text", "faces", "moderation")
    image = user.wait(user.upload(draw_sample(size=(840, 630)), features))
    assert image["status"] == "ready"
    assert all(image["recognition"][feature] is not None for feature in features)


def test_albums_hold_images(user: User) -> None:
    image_id = user.upload(draw_sample(size=(660, 500)))
    assert user.wait(image_id)["status"] == "ready"
    album = user.http.post("/v1/albums", json={"title": "Album"}).raise_for_status().json()
    url = f"/v1/albums/{album['id']}/images"
    user.http.post(url, json={"ids": [image_id]}).raise_for_status()
    found = user.http.get("/v1/images", params={"album": album["id"]}).raise_for_status().json()
    assert [each["id"] for each in found["items"]] == [image_id]
    cover = {"cover_id": image_id}
    album = user.http.patch(f"/v1/albums/{album['id']}", json=cover).raise_for_status().json()
    assert album["cover_id"] == image_id


def test_an_image_is_reprocessed_on_request(user: User) -> None:
    image_id = user.upload(draw_sample(size=(640, 480)))
    assert user.wait(image_id)["recognition"]["text"] is None
    # With fewer labels, index entries are deleted.
    request = {"parts": ["recognition"], "features": ["text"]}
    user.http.post(f"/v1/images/{image_id}/reprocess", json=request).raise_for_status()
    wait_for("text", lambda: user.get(image_id)["recognition"]["text"] is not None)


def test_a_file_that_is_not_an_image_fails(user: User) -> None:
    image = user.wait(user.upload(b"GIF87a, but not an image"))
    assert image["status"] == "failed"
    assert image["renditions"]["failure"]["code"]


def test_an_overwritten_original_loses_its_results(stack: Stack, user: User) -> None:
    """Labels, renditions and index entries of the earlier bytes are removed."""
    body = draw_sample(size=(680, 510))
    ticket = user.request_upload(body)
    upload(ticket, body)
    image_id = ticket["image"]["id"]
    label = user.wait(image_id)["recognition"]["labels"][0]["name"]
    # S3 rejects other bytes from the user: the ticket contains their checksum.
    stack.emulator.client("s3").put_object(
        Bucket=stack.outputs["buckets"]["originals"],
        Key=ticket["upload"]["fields"]["key"],
        Body=draw_sample(size=(680, 500)),
    )
    wait_for("both parts to fail", lambda: has_failed(user.get(image_id)))
    found = user.http.get("/v1/images", params={"label": label}).raise_for_status().json()
    assert image_id not in [each["id"] for each in found["items"]]


def has_failed(image: Json) -> bool:
    """Return whether both parts of an image have failed."""
    return all(image[part]["failure"] for part in ("recognition", "renditions"))


def test_deleting_an_image_leaves_nothing(stack: Stack, user: User) -> None:
    body = draw_sample(size=(800, 600))
    ticket = user.request_upload(body)
    # The original has two versions.
    upload(ticket, body)
    upload(ticket, body)
    image_id = ticket["image"]["id"]
    assert user.wait(image_id)["status"] == "ready"
    assert len([key for key in find_objects(stack, image_id) if key.startswith("originals/")]) == 2
    user.http.delete(f"/v1/images/{image_id}").raise_for_status()
    assert user.http.get(f"/v1/images/{image_id}").status_code == 404
    wait_for("objects to be deleted", lambda: not find_objects(stack, image_id))


def test_erasing_an_account_leaves_nothing(stack: Stack) -> None:
    with closing(User(stack)) as user:
        image_id = user.upload(draw_sample(size=(700, 500)))
        assert user.wait(image_id)["status"] == "ready"
        (key, *_) = find_objects(stack, image_id)
        owner = key.split("/")[1]
        assert find_items(stack, owner)
        wait_for("the account to be erased", lambda: is_erased(user))
    assert not find_objects(stack, image_id)
    assert not [item for item in find_items(stack, owner) if image_id in json.dumps(item)]


def is_erased(user: User) -> bool:
    response = user.http.delete("/v1/account", params={"confirm": "everything"})
    return response.raise_for_status().status_code != httpx.codes.ACCEPTED


def test_no_request_lacks_a_permission(stack: Stack) -> None:
    assert stack.permissions()["denied"] == []


@pytest.mark.parametrize(
    ("service", "action"),
    [
        ("worker", "rekognition:DetectLabels"),
        ("worker", "dynamodb:UpdateItem"),
        ("resizer", "s3:GetObject"),
        ("resizer", "s3:PutObject"),
    ],
)
def test_a_consumer_recovers_from_a_removed_permission(
    stack: Stack, user: User, service: str, action: str
) -> None:
    """The image waits until the permission is back, and is processed then."""
    with stack.without(service, action):
        image_id = user.upload(draw_sample(size=(600, 450)))
        wait_for(f"{action} to be denied", lambda: is_denied(stack, service, action))
        assert user.get(image_id)["status"] == "processing"
    assert user.wait(image_id)["status"] == "ready"


def is_denied(stack: Stack, service: str, action: str) -> bool:
    role = f"{stack.name}-{service}"
    return [role, action] in [denied[:2] for denied in stack.permissions()["denied"]]


def test_objects_of_a_deleted_image_are_deleted(stack: Stack, user: User) -> None:
    """The resizer deletes what is stored after the deletion: its own renditions, and uploads."""
    body = draw_sample(size=(620, 460))
    ticket = user.request_upload(body)
    image_id = ticket["image"]["id"]
    user.http.delete(f"/v1/images/{image_id}").raise_for_status()
    # The resizer waits until there are several versions and renditions.
    with stack.without("resizer", "dynamodb:GetItem"):
        upload(ticket, body)
        upload(ticket, body)
        prefix = ticket["upload"]["fields"]["key"].replace("originals/", "renditions/", 1)
        for name in ("small", "full"):
            stack.emulator.client("s3").put_object(
                Bucket=stack.outputs["buckets"]["renditions"], Key=f"{prefix}/{name}.webp"
            )
        wait_for("the resizer", lambda: is_denied(stack, "resizer", "dynamodb:GetItem"))
    assert len(find_objects(stack, image_id)) == 4
    wait_for("objects to be deleted", lambda: not find_objects(stack, image_id))


def test_the_api_fails_without_its_permissions(stack: Stack, user: User) -> None:
    body = draw_sample(size=(500, 400))
    with stack.without("api", "dynamodb:PutItem"), pytest.raises(httpx.HTTPStatusError, match="50"):
        user.upload(body)
    with stack.without("api", "dynamodb:Query"):
        assert user.http.get("/v1/images").is_server_error
    image_id = user.upload(body)
    assert user.wait(image_id)["status"] == "ready"
    original = user.http.get(f"/v1/images/{image_id}/original").raise_for_status().json()
    with stack.without("api", "s3:GetObject"):
        assert fetch(stack, original["url"]).status_code == httpx.codes.FORBIDDEN
    with stack.without("api", "s3:PutObject"), pytest.raises(StackError, match="403"):
        user.upload(body)


def test_a_rollout_of_broken_images_is_rolled_back(
    stack: Stack, user: User, images: dict[str, str], tmp_path: Path
) -> None:
    broken = "sightline-test-broken"
    dockerfile = f'FROM {images["api"]}\nCMD ["python", "-c", "raise SystemExit(1)"]\n'
    (tmp_path / "Dockerfile").write_text(dockerfile)
    run("docker", "build", "--tag", broken, str(tmp_path))
    stack.tag_images("broken", dict.fromkeys(SERVICES, broken))
    before = {name: each["taskDefinition"] for name, each in stack.describe_services().items()}
    stack.deploy("broken")
    assert set(stack.outputs["task_definitions"].values()).isdisjoint(before.values())
    wait_for("the rollback", lambda: is_deployed(stack, before))
    assert find_tags() == {TAG}
    wait_for("tasks to serve requests", stack.is_serving)
    assert user.wait(user.upload(draw_sample(size=(520, 400))))["status"] == "ready"


def is_deployed(stack: Stack, definitions: dict[str, str]) -> bool:
    """Return whether all services have completed a deployment of these task definitions."""
    services = stack.describe_services()
    primaries = {
        name: deployment
        for name, service in services.items()
        for deployment in service["deployments"]
        if deployment["status"] == "PRIMARY"
    }
    return all(
        primaries[name]["taskDefinition"] == definitions[name]
        and primaries[name]["rolloutState"] == "COMPLETED"
        for name in services
    )


def find_tags() -> set[str]:
    """Return the tags of the images of all running tasks."""
    return {each["Config"]["Image"].rpartition(":")[2] for each in find_containers()}


def test_a_rollout_replaces_all_tasks(stack: Stack, user: User, images: dict[str, str]) -> None:
    stack.tag_images("second", images)
    stack.deploy("second")
    definitions = stack.outputs["task_definitions"]
    wait_for("the rollout", lambda: is_deployed(stack, definitions))
    wait_for("old tasks to stop", lambda: find_tags() == {"second"})
    # MiniStack completes a rollout without waiting for health checks.
    wait_for("tasks to serve requests", stack.is_serving)
    assert user.wait(user.upload(draw_sample(size=(540, 400))))["status"] == "ready"
    # A stopped task of the api deletes its queue of events.
    sqs = stack.emulator.client("sqs")
    prefix = stack.outputs["event_queue_prefix"]
    wait_for(
        "event queues of stopped tasks to be deleted",
        lambda: len(sqs.list_queues(QueueNamePrefix=prefix)["QueueUrls"]) == 1,
    )


def test_every_permission_is_needed(stack: Stack) -> None:
    """Without any one permission, at least one request of the tests above would be denied."""
    needed = {tuple(permission) for permission in stack.permissions()["needed"]}
    unneeded = {
        permission
        for permission in list_permissions(stack)
        if permission not in needed and not is_unchecked(permission)
    }
    assert sorted(unneeded) == []


def is_unchecked(permission: tuple[str, str, str]) -> bool:
    _, sid, action = permission
    return any(
        sid == unchecked_sid and fnmatchcase(action, pattern)
        for unchecked_sid, pattern in UNCHECKED_PERMISSIONS
    )


def list_permissions(stack: Stack) -> Iterator[tuple[str, str, str]]:
    """Yield role, statement ID and action of all permissions of the task roles."""
    iam = stack.emulator.client("iam")
    for service in SERVICES:
        role = f"{stack.name}-{service}"
        policy = iam.get_role_policy(RoleName=role, PolicyName="work")["PolicyDocument"]
        for statement in policy["Statement"]:
            actions = statement["Action"]
            for action in [actions] if isinstance(actions, str) else actions:
                yield role, statement["Sid"], action


def test_destroy_leaves_nothing(stack: Stack) -> None:
    # Without a refresh, as in `Stack.deploy`.
    stack.terraform.destroy("-refresh=false")
    assert stack.terraform.resources() == []
    wait_for("tasks to stop", lambda: not find_containers())
    remaining = list_resources(stack.emulator.client)
    assert [resource for resource in remaining if stack.name in resource] == []
