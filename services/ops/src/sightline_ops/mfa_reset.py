"""Reset of the multi-factor authentication of a user who has lost the authenticator app."""

from contextlib import AsyncExitStack
from typing import TYPE_CHECKING, Self

from sightline.adapters.aws.clients import Clients
from sightline_ops.stack import InvalidOutputs, StackOutputs

if TYPE_CHECKING:
    from types_aiobotocore_cognito_idp import CognitoIdentityProviderClient

#: Cognito's name for codes of an authenticator app.
TOTP = "SOFTWARE_TOKEN_MFA"


class MfaReset:
    """Disables the factor of users in the pool of a stack, with the operator's credentials.

    It needs `cognito-idp:AdminGetUser`, `AdminSetUserMFAPreference` and `AdminUserGlobalSignOut` on
    the pool; no service has these permissions.
    """

    def __init__(self, cognito: "CognitoIdentityProviderClient", pool_id: str) -> None:
        self._cognito = cognito
        self._pool_id = pool_id

    @classmethod
    async def open(cls, outputs: StackOutputs, exits: AsyncExitStack) -> Self:
        """Open the client of a stack. Raises `InvalidOutputs` if its pool is not described."""
        pool_id = outputs.sign_in.get("pool_id")
        if pool_id is None:
            raise InvalidOutputs("the outputs do not name the user pool: write them again")
        cognito = await Clients(exits, outputs.region).open("cognito-idp", outputs.endpoint)
        return cls(cognito, pool_id)

    async def is_enabled(self, email: str) -> bool:
        """Return whether the user needs a code to sign in. Raises `ClientError` for no user."""
        user = await self._cognito.admin_get_user(UserPoolId=self._pool_id, Username=email)
        return TOTP in user.get("UserMFASettingList", ())

    async def reset(self, email: str) -> None:
        """Disable the factor, and end every session of the user."""
        user = await self._cognito.admin_get_user(UserPoolId=self._pool_id, Username=email)
        name = user["Username"]
        await self._cognito.admin_set_user_mfa_preference(
            UserPoolId=self._pool_id,
            Username=name,
            SoftwareTokenMfaSettings={"Enabled": False, "PreferredMfa": False},
        )
        await self._cognito.admin_user_global_sign_out(UserPoolId=self._pool_id, Username=name)
