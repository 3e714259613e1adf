"""Fixtures: the stack, applied to the emulator and deployed, and a user who has signed up."""

import hashlib
import json
import os
import platform
import re
import secrets
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import boto3
import httpx
import pytest
from botocore import UNSIGNED
from botocore.config import Config

from cloud.emulator import ACCOUNT, HOST, PERMISSIONS_PATH, REGION
from compose.conftest import run, wait_for
from infra.conftest import generate_key_pair, wait_until_ready
from infra.terraform import ROOT, Json, Terraform, clean_environment, copy_configuration
from sightline_client._sync.transport import run_auth_flow
from sightline_client.cognito import Pool, sign_in
from sightline_local.demo import upload
from sightline_local.stack import consecutive_ports

#: The environment of MiniStack.
PYTHON = ROOT / ".venv-ministack" / "bin" / "python"

#: Docker network of the tasks. Its gateway is the address of the emulator.
NETWORK = "sightline-test-cloud"
SUBNET = "169.254.170.0/24"

SERVICES = ("api", "worker", "resizer")

#: The tag of the images that are deployed first.
TAG = "first"

#: Meets the password policy; the characters of a random one may not.
PASSWORD_PREFIX = "Sightline-1-"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if item.path.is_relative_to(here):
            item.add_marker("cloud")


class EmulatedNetwork(httpx.BaseTransport):
    """Sends all requests to the emulator, which serves them by their Host header."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._transport = httpx.HTTPTransport()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        request.url = request.url.copy_with(scheme="http", host=HOST, port=self._port)
        return self._transport.handle_request(request)

    def close(self) -> None:
        self._transport.close()


class Emulator(NamedTuple):
    port: int

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.port}"

    def client(self, service: str, region: str = REGION) -> Any:
        """Return an AWS client with the rights of the account's root user."""
        return boto3.client(  # type: ignore[call-overload]
            service,
            region_name=region,
            endpoint_url=self.url,
            aws_access_key_id="test",
            aws_secret_access_key="test",
        )

    def get(self, path: str) -> Any:
        return httpx.get(self.url + path, timeout=30).raise_for_status().json()


class Stack:
    """A stack that Terraform applied to the emulator."""

    def __init__(self, terraform: Terraform, emulator: Emulator, settings: Json) -> None:
        self.terraform = terraform
        self.emulator = emulator
        self._settings = settings
        self._write_settings()
        terraform.init()
        # No tasks run before the first images are pushed.
        terraform.apply()
        self.outputs = terraform.outputs()

    @property
    def name(self) -> str:
        name: str = self.outputs["name"]
        return name

    def http(self, **headers: str) -> httpx.Client:
        """Return an HTTP client that reaches the stack at its own URL."""
        return httpx.Client(
            base_url=self.outputs["url"],
            headers=headers,
            transport=EmulatedNetwork(self.emulator.port),
            timeout=30,
        )

    def deploy(self, tag: str) -> None:
        """Deploy images that are tagged in the local Docker engine.

        Only the services are applied, without a refresh: MiniStack forgets some attributes of other
        resources, which Terraform would change or replace.
        """
        pool_id = self.outputs["sign_in"]["pool_id"]
        jwks_url = f"{self.emulator.url}/{pool_id}/.well-known/jwks.json"
        # The private API for the JWKS has a host name in the VPC.
        self._settings["api"]["settings"] = {"SIGHTLINE_TOKEN_JWKS_URL": jwks_url}
        self._settings["image_tag"] = tag
        self._write_settings()
        targets = [f"-target=module.{service}" for service in SERVICES]
        self.terraform.apply("-refresh=false", *targets)
        self.outputs = self.terraform.outputs()

    def _write_settings(self) -> None:
        path = self.terraform.folder / "terraform.tfvars.json"
        path.write_text(json.dumps(self._settings))

    def tag_images(self, tag: str, images: dict[str, str]) -> None:
        """Tag images by service as in the repositories, which MiniStack does not serve."""
        for service, image in images.items():
            run("docker", "tag", image, f"{self.outputs['repositories'][service]}:{tag}")

    def describe_services(self) -> dict[str, Json]:
        response = self.emulator.client("ecs").describe_services(
            cluster=self.outputs["cluster"], services=list(SERVICES)
        )
        return {service["serviceName"]: service for service in response["services"]}

    def is_serving(self) -> bool:
        """Return whether CloudFront and the load balancer reach a task of the api."""
        with self.http() as http:
            return http.get("/v1/images").status_code == 401

    def permissions(self) -> Json:
        permissions: Json = self.emulator.get(PERMISSIONS_PATH)
        return permissions

    @contextmanager
    def without(self, service: str, action: str) -> Iterator[None]:
        """Remove an action from the policy of the task role of a service."""
        iam = self.emulator.client("iam")
        role = {"RoleName": f"{self.name}-{service}", "PolicyName": "work"}
        policy = iam.get_role_policy(**role)["PolicyDocument"]
        reduced = json.loads(json.dumps(policy))
        for statement in reduced["Statement"]:
            actions = statement["Action"]
            actions = [actions] if isinstance(actions, str) else actions
            statement["Action"] = [each for each in actions if each != action]
        reduced["Statement"] = [each for each in reduced["Statement"] if each["Action"]]
        assert reduced["Statement"] != policy["Statement"]
        iam.put_role_policy(**role, PolicyDocument=json.dumps(reduced))
        try:
            yield
        finally:
            iam.put_role_policy(**role, PolicyDocument=json.dumps(policy))


class User:
    """A user who signed up and signed in, and reaches the stack at its own URL."""

    def __init__(self, stack: Stack) -> None:
        self._stack = stack
        self.http = stack.http()
        self.http.headers["Authorization"] = f"Bearer {self._sign_up()}"

    def close(self) -> None:
        self.http.close()

    def _sign_up(self) -> str:
        """Sign up, confirm the e-mail address, sign in, and return the access token."""
        settings = self._stack.outputs["sign_in"]
        url = self._stack.emulator.url
        cognito: Any = boto3.client(
            "cognito-idp",
            region_name=REGION,
            endpoint_url=url,
            config=Config(signature_version=UNSIGNED),
        )
        email = f"{secrets.token_hex(8)}@example.com"
        password = PASSWORD_PREFIX + secrets.token_urlsafe(16)
        user = {"ClientId": settings["client_id"], "Username": email}
        attributes = [{"Name": "email", "Value": email}]
        cognito.sign_up(**user, Password=password, UserAttributes=attributes)
        cognito.confirm_sign_up(**user, ConfirmationCode=self._read_code(email))
        pool = Pool(settings["pool_id"], settings["client_id"], url)
        with httpx.Client() as http:
            return run_auth_flow(http, pool, sign_in(pool, email, password)).access

    def _read_code(self, email: str) -> str:
        messages = self._stack.emulator.get("/_ministack/ses/messages")["messages"][ACCOUNT]
        (text,) = [message["BodyText"] for message in messages if message["To"] == [email]]
        (code,) = re.findall(r"\b\d{6}\b", text)
        return str(code)

    def request_upload(self, body: bytes, features: Sequence[str] = ("labels",)) -> Json:
        """Create an image; return it and its presigned POST."""
        request = {
            "media_type": "image/jpeg",
            "bytes": len(body),
            "sha256": hashlib.sha256(body).hexdigest(),
            "features": features,
        }
        response = self.http.post("/v1/images", json=request).raise_for_status()
        ticket: Json = response.json()
        return ticket

    def upload(self, body: bytes, features: Sequence[str] = ("labels",)) -> str:
        """Upload an image with the presigned POST and return its ID."""
        ticket = self.request_upload(body, features)
        upload(ticket, body)
        image_id: str = ticket["image"]["id"]
        return image_id

    def get(self, image_id: str) -> Json:
        image: Json = self.http.get(f"/v1/images/{image_id}").raise_for_status().json()
        return image

    def wait(self, image_id: str) -> Json:
        """Wait until the image is ready or failed, and return it."""
        wait_for(
            f"{image_id} to be ready or failed",
            lambda: self.get(image_id)["status"] in {"ready", "failed"},
        )
        return self.get(image_id)


@pytest.fixture(scope="session", autouse=True)
def _require_tools() -> None:
    """Fail in CI, and skip elsewhere, where the tools are missing."""
    missing = [name for name in ("terraform", "docker") if shutil.which(name) is None]
    if sys.platform != "linux":
        missing.append("Linux, whose Docker networks are reachable from the host")
    if missing:
        message = f"required: {', '.join(missing)}"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)


@pytest.fixture(scope="session")
def images() -> dict[str, str]:
    """Build the container images; return their names by service."""
    run("docker", "compose", "build", *SERVICES)
    return {service: f"sightline-{service}" for service in SERVICES}


@pytest.fixture(scope="session")
def network() -> Iterator[str]:
    options = ("--subnet", SUBNET, "--gateway", HOST)
    if NETWORK not in run("docker", "network", "ls", "--format", "{{.Name}}").split():
        run("docker", "network", "create", *options, NETWORK)
    yield NETWORK
    left = run("docker", "ps", "--all", "--quiet", "--filter", f"network={NETWORK}").split()
    if left:
        run("docker", "rm", "--force", "--volumes", *left)
    run("docker", "network", "rm", NETWORK)


@pytest.fixture(scope="session")
def emulator(network: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    """Start MiniStack and the local Rekognition emulator."""
    ports = consecutive_ports(0)
    emulator = Emulator(ports.cloud)
    environment = {
        **clean_environment(emulator.url),
        "PYTHONPATH": str(ROOT / "tests"),
        "AUTH": "true",
        "GATEWAY_PORT": str(ports.cloud),
        "MINISTACK_HOST": HOST,
        "MINISTACK_REGION": REGION,
        "MINISTACK_ACCOUNT_ID": ACCOUNT,
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
        "LOG_LEVEL": "WARNING",
        "S3_DATA_DIR": str(tmp_path_factory.mktemp("objects")),
    }
    arguments = [str(ports.cloud), str(ports.recognition), network]
    command = [str(PYTHON), "-m", "cloud.emulator", *arguments]
    log = tmp_path_factory.mktemp("logs") / "emulator.log"
    with (
        start_process(command, environment, f"{emulator.url}/_ministack/health", log),
        start_recognition(emulator, ports.recognition, log.with_name("recognition.log")),
    ):
        yield emulator


@contextmanager
def start_recognition(emulator: Emulator, port: int, log: Path) -> Iterator[None]:
    environment = {
        **clean_environment(emulator.url),
        "AWS_REGION": REGION,
        "SIGHTLINE_RECOGNITION_HOST": HOST,
        "SIGHTLINE_RECOGNITION_PORT": str(port),
    }
    command = [sys.executable, "-m", "sightline_local.recognition"]
    with start_process(command, environment, f"http://{HOST}:{port}/health", log):
        yield


@contextmanager
def start_process(
    command: list[str], environment: dict[str, str], health: str, log: Path
) -> Iterator[None]:
    """Run a server until the end of the block."""
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        wait_until_ready(process, health, log)
        yield
    finally:
        process.terminate()
        process.wait(30)


@pytest.fixture(scope="session")
def stack(
    emulator: Emulator,
    images: dict[str, str],
    tmp_path_factory: pytest.TempPathFactory,
) -> Stack:
    """Apply the configuration and deploy the images."""
    private, public = generate_key_pair()
    environment = clean_environment(emulator.url) | {"TF_VAR_url_signing_private_key": private}
    terraform = Terraform(copy_configuration(tmp_path_factory.mktemp("stack")), environment)
    settings: Json = {
        "environment": "cloud",
        "region": REGION,
        "protect_data": False,
        "max_retries": 2,
        "architecture": "ARM64" if platform.machine() in {"aarch64", "arm64"} else "X86_64",
        "url_signing": {"version": 1, "public_key": public},
        "api": {"minimum": 1},
        "quotas": {"monthly_calls": 1000},
        # MiniStack sets AWS_ENDPOINT_URL itself, for the services that it has.
        "task_environment": {"AWS_ENDPOINT_URL_REKOGNITION": emulator.url},
    }
    stack = Stack(terraform, emulator, settings)
    stack.tag_images(TAG, images)
    stack.deploy(TAG)
    wait_for("tasks to serve requests", stack.is_serving)
    return stack


@pytest.fixture(scope="session")
def user(stack: Stack) -> Iterator[User]:
    with closing(User(stack)) as user:
        yield user
