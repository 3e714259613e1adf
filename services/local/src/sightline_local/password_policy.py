"""The password policy of the user pool, from the file that Terraform reads too."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types_boto3_cognito_idp.type_defs import PasswordPolicyTypeTypeDef

_NAME = "password_policy.json"


def read_password_policy() -> "PasswordPolicyTypeTypeDef":
    """Return the policy as `CreateUserPool` takes it. Raises `FileNotFoundError`."""
    # The container image has a copy beside this module, since it has no Terraform.
    path = Path(__file__).with_name(_NAME)
    if not path.is_file():
        path = Path(__file__).parents[4] / "infra/terraform/modules/identity" / _NAME
    policy: PasswordPolicyTypeTypeDef = json.loads(path.read_text())
    return policy
