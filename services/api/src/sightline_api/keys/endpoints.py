"""The endpoints of API keys, with which programs act for an owner."""

from datetime import datetime, timedelta
from typing import Annotated, Self

from fastapi import APIRouter, Path, Response
from pydantic import BaseModel, Field, StringConstraints

from sightline.domain.api_keys import (
    MAX_KEYS,
    SHOWN_LENGTH,
    ApiKey,
    ApiKeyNotFound,
    Scope,
    digest_secret,
    new_secret,
)
from sightline.domain.clock import now
from sightline.domain.ids import KeyId, key_id_adapter, new_key_id
from sightline_api.dependencies import ApiKeys, CurrentUser
from sightline_api.images.input_text import CLEAN_LINE
from sightline_api.problems import (
    AUTHENTICATED,
    ApiKeyNotFoundProblem,
    TooManyApiKeys,
    documented,
)

router = APIRouter(prefix="/v1/api-keys", tags=["api-keys"], responses=documented(*AUTHENTICATED))

#: Lifetime of a key, days.
DEFAULT_DAYS, MAX_DAYS = 90, 366

KeyName = Annotated[
    str,
    CLEAN_LINE,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=100),
]


class ApiKeyRequest(BaseModel):
    """A key to create."""

    model_config = {"extra": "forbid"}

    name: KeyName = Field(description="What uses the key.", examples=["nightly import"])
    scopes: Annotated[list[Scope], Field(min_length=1, max_length=len(Scope))] = Field(
        description="What the key may do.", examples=[["images:read", "images:write"]]
    )
    expires_in_days: int = Field(
        DEFAULT_DAYS, ge=1, le=MAX_DAYS, description="Days until the key expires."
    )


class ApiKeyView(BaseModel):
    """An API key, without its secret."""

    id: KeyId = Field(examples=["0199a3c0-9d5e-7b0a-8c1e-3f1f6a0b2c4d"])
    name: str = Field(examples=["nightly import"])
    prefix: str = Field(description="Start of the secret, to recognize it.", examples=["slk_3fVb"])
    scopes: list[Scope]
    created_at: datetime
    expires_at: datetime
    last_used_at: datetime | None = Field(
        description="Last use, accurate to an hour; null if the key was never used."
    )

    @classmethod
    def of(cls, key: ApiKey) -> Self:
        return cls(
            id=key.key_id,
            name=key.name,
            prefix=key.shown,
            scopes=sorted(key.scopes),
            created_at=key.created_at,
            expires_at=key.ends_at,
            last_used_at=key.last_used_at,
        )


class CreatedApiKey(BaseModel):
    """A new key, with its secret."""

    api_key: ApiKeyView
    secret: str = Field(
        description="The credential, for `Authorization: Bearer`. It is returned only here.",
        examples=["slk_3fVbQ0x8Jm2kTz5WcR7nYp4LdGh9sA000000"],
    )


class ApiKeyList(BaseModel):
    """The keys of the caller, newest first."""

    items: list[ApiKeyView]


@router.post(
    "",
    status_code=201,
    operation_id="create_api_key",
    summary="Create an API key",
    responses=documented(TooManyApiKeys),
)
async def create_api_key(
    request: ApiKeyRequest, user: CurrentUser, keys: ApiKeys, response: Response
) -> CreatedApiKey:
    """Create a key with which a program acts for the caller.

    The secret is returned only once; store it as you would a password. The operation has no
    `Idempotency-Key`: after a lost response, revoke the key and create another one.
    """
    if len(await keys.list(user.owner)) >= MAX_KEYS:
        raise TooManyApiKeys
    secret, at = new_secret(), now()
    key = ApiKey(
        owner=user.owner,
        key_id=new_key_id(),
        name=request.name,
        shown=secret[:SHOWN_LENGTH],
        digest=digest_secret(secret),
        scopes=frozenset(request.scopes),
        created_at=at,
        ends_at=at + timedelta(days=request.expires_in_days),
    )
    await keys.create(key)
    # The secret must not remain in a cache.
    response.headers["Cache-Control"] = "no-store"
    return CreatedApiKey(api_key=ApiKeyView.of(key), secret=secret)


@router.get("", operation_id="list_api_keys", summary="List API keys")
async def list_api_keys(user: CurrentUser, keys: ApiKeys) -> ApiKeyList:
    """Return the caller's keys, newest first. An expired key is listed for 30 days."""
    return ApiKeyList(items=[ApiKeyView.of(key) for key in await keys.list(user.owner)])


@router.delete(
    "/{api_key_id}",
    status_code=204,
    operation_id="revoke_api_key",
    summary="Revoke an API key",
    responses=documented(ApiKeyNotFoundProblem),
)
async def revoke_api_key(
    user: CurrentUser, keys: ApiKeys, api_key_id: Annotated[str, Path()]
) -> Response:
    """Revoke a key for good. It stops working within 30 seconds."""
    try:
        key_id = key_id_adapter.validate_python(api_key_id)
    except ValueError:
        raise ApiKeyNotFound(api_key_id) from None
    await keys.revoke(user.owner, key_id)
    return Response(status_code=204)
