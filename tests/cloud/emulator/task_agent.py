"""The ECS endpoints that a task calls: the credentials of its role, and its protection."""

import time
from typing import NamedTuple

from cloud.emulator import HOST, Headers, Json, load
from cloud.emulator.permissions import PermissionRecorder

CREDENTIALS_PATH = "/v2/credentials/"
AGENT_PATH = "/_sightline/agent/"

#: Lifetime of the credentials of a task. The AWS SDKs refresh them before they expire.
CREDENTIAL_SECONDS = 3600


class Task(NamedTuple):
    """A running task with its role, and the token that authorizes its container."""

    arn: str
    role_arn: str
    authorization: str

    @property
    def id(self) -> str:
        return self.arn.rpartition("/")[2]

    @property
    def session_arn(self) -> str:
        """ARN of the session of the task role, as ECS names it."""
        account, role = self.role_arn.split(":")[4], self.role_arn.rpartition("/")[2]
        return f"arn:aws:sts::{account}:assumed-role/{role}/{self.id}"


class TaskAgent:
    """Serves the tasks that MiniStack starts from now on."""

    def __init__(self, permissions: PermissionRecorder, port: int) -> None:
        self._permissions = permissions
        self._url = f"http://{HOST}:{port}"
        self._tasks: dict[str, Task] = {}
        self._ecs = load("services.ecs")
        self._iam = load("services.iam")
        self._sts = load("services.sts")
        self._register_metadata = self._ecs._register_metadata
        self._ecs._register_metadata = self._register

    def _register(
        self,
        task: str,
        cluster: str,
        definition: Json,
        container: Json,
        launch_type: str,
        environment: Json,
        host_mode: bool,
        _: str | None,
    ) -> str:
        token: str = self._register_metadata(
            task, cluster, definition, container, launch_type, environment, host_mode, HOST
        )
        key = environment["AWS_CONTAINER_CREDENTIALS_FULL_URI"].partition(CREDENTIALS_PATH)[2]
        authorization = environment["AWS_CONTAINER_AUTHORIZATION_TOKEN"]
        self._tasks[key] = Task(task, definition["taskRoleArn"], authorization)
        environment["ECS_AGENT_URI"] = f"{self._url}{AGENT_PATH}{key}"
        return token

    def serve_credentials(self, path: str, headers: Headers) -> tuple[int, Json]:
        """Return a new session of the role of the task."""
        task = self._tasks.get(path.removeprefix(CREDENTIALS_PATH))
        if task is None or headers.get("authorization") != task.authorization:
            return 401, {"code": "AccessDenied", "message": "The authorization token is invalid."}
        key = self._iam._gen_session_access_key()
        secret, token = self._iam._gen_secret(), self._iam._gen_session_token()
        session = {
            "Arn": task.session_arn,
            "UserId": f"{self._sts._role_id(task.role_arn)}:{task.id}",
            "SecretAccessKey": secret,
            "SessionToken": token,
            "Expiration": time.time() + CREDENTIAL_SECONDS,
            "AccountId": task.role_arn.split(":")[4],
            "PrincipalType": "AssumedRole",
        }
        self._sts.register_session(key, session)
        return 200, {
            "RoleArn": task.role_arn,
            "AccessKeyId": key,
            "SecretAccessKey": secret,
            "Token": token,
            "Expiration": self._iam._future(CREDENTIAL_SECONDS),
        }

    def serve_protection(self, method: str, path: str, request: Json) -> tuple[int, Json]:
        """Return the scale-in protection of the task, after a change with PUT.

        https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-scale-in-protection-endpoint.html
        """
        task = self._tasks.get(path.removeprefix(AGENT_PATH).partition("/")[0])
        if task is None:
            return 404, {"error": {"Code": "InvalidParameterException", "Message": "No such task"}}
        action = "ecs:UpdateTaskProtection" if method == "PUT" else "ecs:GetTaskProtection"
        if not self._permissions.is_allowed(task.session_arn, action, task.arn):
            return 400, {"error": {"Code": "AccessDeniedException", "Message": action}}
        enabled = bool(request.get("ProtectionEnabled"))
        return 200, {"protection": {"ProtectionEnabled": enabled, "TaskArn": task.arn}}
