"""What simulated users and their programs do with API keys: create, use and revoke them."""

import random
import time
from collections.abc import Callable

from sightline_reliability.ledger import ApiKeyRecord, Ledger, UploadRecord
from sightline_reliability.requests import Response, SendRequest, SendWithKey

#: The scope of every key.
SCOPE = "images:read"

#: Time for which a revoked key may still work, 30 seconds, and for a request that takes long.
REVOCATION_SECONDS = 40.0


class ApiKeyActions:
    """The actions of one user, and of a program that has a key of this user."""

    def __init__(
        self,
        owner: str,
        choose_upload: Callable[[], UploadRecord | None],
        request: SendRequest,
        request_with_key: SendWithKey,
        ledger: Ledger,
        rng: random.Random,
    ) -> None:
        self._owner = owner
        self._choose_upload = choose_upload
        self._request = request
        self._request_with_key = request_with_key
        self._ledger = ledger
        self._rng = rng
        self._keys: list[ApiKeyRecord] = []

    async def create_key(self) -> None:
        body = {"name": "import", "scopes": [SCOPE]}
        # 409: the owner has the maximum.
        response = await self._request("POST", "/v1/api-keys", body, {201, 409})
        if response.status == 201:
            key_id, secret = response.body["api_key"]["id"], response.body["secret"]
            key = ApiKeyRecord(self._owner, key_id, secret)
            self._keys.append(key)
            self._ledger.api_keys.append(key)

    async def use_key(self) -> None:
        """List images with a key, and check that it cannot do what it has no scope for."""
        if not self._keys:
            return
        key = self._rng.choice(self._keys)
        response = await self._list_images(key)
        if response.status != 200 or key.revocation != "none":
            return
        for image in response.body["items"]:
            if self._ledger.owner_of(image["id"]) not in {None, self._owner}:
                self._ledger.isolation_violations.append(
                    f"the key {key.key_id} of {self._owner} returned {image['id']}"
                )
        if upload := self._choose_upload():
            path = f"/v1/images/{upload.image_id}"
            # 401: the key was revoked meanwhile.
            await self._request_with_key("DELETE", path, {401, 403}, key.secret)

    async def revoke_key(self) -> None:
        own = [each for each in self._keys if each.revocation == "none"]
        if own:
            key = self._rng.choice(own)
            key.revocation = "requested"
            await self._request("DELETE", f"/v1/api-keys/{key.key_id}", None, {204, 404})
            key.revocation, key.revoked_at = "confirmed", time.monotonic()

    async def visit_keys(self) -> None:
        """Use every key whose state is certain, at the end of a run."""
        for key in self._keys:
            is_recent = time.monotonic() - key.revoked_at < REVOCATION_SECONDS
            if key.revocation != "confirmed" or not is_recent:
                key.status = (await self._list_images(key)).status

    async def _list_images(self, key: ApiKeyRecord) -> Response:
        path = "/v1/images?limit=50"
        return await self._request_with_key("GET", path, {200, 401}, key.secret)
