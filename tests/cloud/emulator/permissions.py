"""The permissions that the requests of tasks need, and those that they lack."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, NamedTuple

from cloud.emulator import REGION, Json, load

#: The action that authorizes each batch operation, which is none itself.
#: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-api-permissions-reference.html
BATCH_ACTIONS = {
    "sns:PublishBatch": "sns:Publish",
    "sqs:ChangeMessageVisibilityBatch": "sqs:ChangeMessageVisibility",
    "sqs:DeleteMessageBatch": "sqs:DeleteMessage",
    "sqs:SendMessageBatch": "sqs:SendMessage",
}


class Permission(NamedTuple):
    """An action of a statement in the policy of a role."""

    role: str
    sid: str
    action: str


class PermissionRecorder:
    """Evaluates each request of a task again without each permission that matches it.

    A permission is needed if its removal denies at least one request that was allowed.
    """

    def __init__(self) -> None:
        self.needed: set[Permission] = set()
        #: Role, action and resource of allowed and of denied requests.
        self.allowed: set[tuple[str, str, str]] = set()
        self.denied: set[tuple[str, str, str]] = set()
        self._removed: ContextVar[Permission | None] = ContextVar("removed", default=None)
        self._evaluator = load("core.iam_evaluator")
        self._gather_role_policies = self._evaluator._gather_role_policies
        self._enforce: Callable[..., Any] = self._evaluator.enforce
        self._evaluator._gather_role_policies = self._gather_policies
        self._evaluator.enforce = self._enforce_and_record

    def export(self) -> Json:
        return {
            "needed": sorted(self.needed),
            "allowed": sorted(self.allowed),
            "denied": sorted(self.denied),
        }

    def is_allowed(self, session_arn: str, action: str, resource: str) -> bool:
        """Evaluate a request of a role that reaches no API of MiniStack, and record the result."""
        role = self._evaluator._role_name_from_assumed_arn(session_arn)
        account = session_arn.split(":")[4]
        context = self._evaluator.EvalContext(
            session_arn, "AssumedRole", account, action, resource, REGION
        )

        def evaluate() -> bool:
            policies = self._evaluator._gather_role_policies(role, account)
            return bool(self._evaluator.evaluate(context, policies).decision == "Allow")

        allowed = evaluate()
        self._record(role, account, action, resource, allowed, evaluate)
        return allowed

    def _enforce_and_record(
        self,
        key: str,
        action: str,
        service: str,
        region: str,
        resource_arn: str = "*",
        service_context: Json | None = None,
    ) -> Any:
        action = BATCH_ACTIONS.get(action, action)

        def enforce() -> Any:
            return self._enforce(key, action, service, region, resource_arn, service_context)

        failure = enforce()
        session = load("services.sts")._sessions.get(key or "", {})
        if session.get("PrincipalType") == "AssumedRole":
            role = self._evaluator._role_name_from_assumed_arn(session["Arn"])
            account = session["AccountId"]
            self._record(
                role, account, action, resource_arn, failure is None, lambda: enforce() is None
            )
        return failure

    def _record(
        self,
        role: str,
        account: str,
        action: str,
        resource: str,
        allowed: bool,
        is_allowed: Callable[[], bool],
    ) -> None:
        if not allowed:
            self.denied.add((role, action, resource))
            return
        self.allowed.add((role, action, resource))
        for permission in self._find_matching(role, account, action):
            if permission not in self.needed:
                with self._without(permission):
                    if not is_allowed():
                        self.needed.add(permission)

    def _find_matching(self, role: str, account: str, action: str) -> Iterator[Permission]:
        for statements in self._gather_role_policies(role, account):
            for statement in statements:
                for pattern in statement.actions:
                    if self._evaluator.fnmatch_iam(action, pattern):
                        yield Permission(role, statement.sid, pattern)

    @contextmanager
    def _without(self, permission: Permission) -> Iterator[None]:
        token = self._removed.set(permission)
        try:
            yield
        finally:
            self._removed.reset(token)

    def _gather_policies(self, role: str, account: str) -> Any:
        policies = self._gather_role_policies(role, account)
        removed = self._removed.get()
        if removed is None or removed.role != role:
            return policies
        return [
            [each for each in statements if self._remove_action(each, removed)]
            for statements in policies
        ]

    def _remove_action(self, statement: Any, removed: Permission) -> bool:
        """Remove the action from a statement; return whether the statement has others."""
        if statement.sid == removed.sid:
            statement.actions = [each for each in statement.actions if each != removed.action]
        return bool(statement.actions)
