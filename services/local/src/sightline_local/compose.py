"""Support for `docker-compose.yml`: provisioning as a command, and the connection file."""

import os
from collections.abc import Mapping
from pathlib import Path

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from sightline_local.connection import TOKEN_PATH, Connection
from sightline_local.environment import CREDENTIALS, REGION
from sightline_local.errors import StackError
from sightline_local.provisioning import (
    DemoUser,
    MachineClient,
    Resources,
    find_client,
    machine_client_name,
    provision,
    read_machine_client,
)

#: Prefix of every resource that `provision` creates.
PROJECT = "sightline"


def provision_from_environment(environment: Mapping[str, str], visibility: int) -> Resources:
    """Create the resources at `AWS_ENDPOINT_URL` and check the services' settings against them.

    Raises `StackError` if a setting in this environment differs from the created resources, if the
    endpoint does not respond, or if no endpoint is set: AWS itself must not get a demo user.
    """
    if not environment.get("AWS_ENDPOINT_URL"):
        raise StackError("AWS_ENDPOINT_URL is not set: name an emulator, or use Terraform for AWS")
    session = boto3.Session(region_name=environment.get("AWS_REGION", REGION))
    try:
        resources = provision(session, project=PROJECT, user=DemoUser(), visibility=visibility)
    except (BotoCoreError, ClientError) as error:
        raise StackError(f"provisioning failed: {error}") from error
    if differences := find_differences(resources, environment):
        raise StackError("settings differ from the created resources: " + "; ".join(differences))
    return resources


def find_differences(resources: Resources, environment: Mapping[str, str]) -> list[str]:
    """Return one line per service setting that differs from the created resources.

    Queues are not compared: a queue URL has several equivalent forms.
    """
    expected = {
        "SIGHTLINE_TABLE": resources.table,
        "SIGHTLINE_ORIGINALS_BUCKET": resources.originals_bucket,
        "SIGHTLINE_RENDITIONS_BUCKET": resources.renditions_bucket,
        "SIGHTLINE_UPLOADS_TOPIC_ARN": resources.uploads_topic_arn,
        "SIGHTLINE_EVENTS_TOPIC_ARN": resources.events_topic_arn,
        "SIGHTLINE_TOKEN_ISSUER": resources.token_issuer,
        "SIGHTLINE_TOKEN_CLIENT_IDS": f'["{resources.client_id}"]',
        "SIGHTLINE_TOKEN_MACHINE_CLIENT_IDS": f'["{resources.machine_client.client_id}"]',
    }
    return [
        f"{name} should be {value}"
        for name, value in expected.items()
        if environment.get(name, value) != value
    ]


def write_connection(folder: Path, api: str, cognito: str) -> Connection:
    """Write the connection file for a stack started elsewhere. Raises `StackError`."""
    user = DemoUser()
    pool_id, client_id, machine_client = _find_pool(cognito)
    connection = Connection(
        api=api,
        cognito=cognito,
        pool_id=pool_id,
        client_id=client_id,
        email=user.email,
        password=user.password,
        token_url=f"{cognito}{TOKEN_PATH}",
        machine_client_id=machine_client.client_id,
        machine_client_secret=machine_client.secret,
    )
    folder.mkdir(parents=True, exist_ok=True)
    connection.write(folder)
    return connection


def _find_pool(endpoint: str) -> tuple[str, str, MachineClient]:
    """Return the ids of the user pool and of its client, and the machine client."""
    cognito = boto3.client(
        "cognito-idp",
        endpoint_url=endpoint,
        region_name=os.environ.get("AWS_REGION", REGION),
        aws_access_key_id=CREDENTIALS["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=CREDENTIALS["AWS_SECRET_ACCESS_KEY"],
        # Fail fast: this runs interactively, and a stack that is not up yet was not started.
        config=Config(connect_timeout=3, read_timeout=20, retries={"total_max_attempts": 1}),
    )
    try:
        pools = cognito.list_user_pools(MaxResults=60)["UserPools"]
        pool = next((each["Id"] for each in pools if each["Name"] == PROJECT), None)
        if pool is None:
            raise StackError(f"nothing is provisioned yet at {endpoint}: start the stack first")
        client_id = find_client(cognito, pool, PROJECT)
        machine_client_id = find_client(cognito, pool, machine_client_name(PROJECT))
        if client_id is None or machine_client_id is None:
            raise StackError(f"the clients are not provisioned yet at {endpoint}")
        machine_client = read_machine_client(cognito, pool, machine_client_id)
    except (BotoCoreError, ClientError) as error:
        raise StackError(f"Cognito does not respond at {endpoint}: {error}") from error
    return pool, client_id, machine_client
