"""MiniStack as the target of Terraform: its ECS runs the tasks as containers, with their roles.

MiniStack gives tasks credentials that belong to no role, starts containers without the restrictions
of their definitions, and lacks Application Auto Scaling, the task protection endpoint and the
logging configuration of AWS WAF. The modules of this package add them. They run in the environment
of MiniStack.
"""

import importlib
from typing import Any

Json = dict[str, Any]
Headers = dict[str, str]

#: The link-local address of ECS, the only one from which the AWS SDKs accept the credentials of a
#: task over plain HTTP. The Docker network of the tasks has it as its gateway.
#: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html
HOST = "169.254.170.2"

REGION = "eu-central-1"
ACCOUNT = "000000000000"

#: Path of the permissions that tasks needed and lacked.
PERMISSIONS_PATH = "/_sightline/permissions"


def load(name: str) -> Any:
    """Import a module of MiniStack, which type checks do not have."""
    return importlib.import_module(f"ministack.{name}")
