"""Simulated users who act as people and their programs do.

They retry, repeat requests, delete what they uploaded, abandon uploads and try to access data of
other owners. Every response is recorded in the ledger.
"""

import asyncio
import contextlib
import hashlib
import random
import time
from collections.abc import Awaitable, Callable, Sequence
from uuid import UUID

import aiohttp

from sightline_reliability.api_keys import ApiKeyActions
from sightline_reliability.corrections import CorrectionActions
from sightline_reliability.ledger import ImageKind, Ledger, ShareRecord, UploadRecord
from sightline_reliability.recognition_emulator import LABELS, WORDS
from sightline_reliability.requests import Json, RequestFailed, Response
from sightline_reliability.sample_images import draw_image, make_corrupt_image
from sightline_reliability.shared_albums import SharedAlbumActions

#: Seconds for which a user retries a request before giving up.
RETRY_SECONDS = 150.0

#: Longer than the gateway's own request timeout, so that the gateway always responds first.
RESPONSE_TIMEOUT_SECONDS = 45.0

#: Statuses that a client retries, and its maximum wait between attempts.
RETRYABLE_STATUSES = {429, 503}
RETRYABLE_UPLOAD_STATUSES = {*RETRYABLE_STATUSES, 500, 507}
MAX_RETRY_WAIT_SECONDS = 2.0

#: Share of the uploads that also request text detection.
TEXT_DETECTION_SHARE = 0.3

#: Orders of new albums.
ALBUM_SORTS = ("uploaded_newest", "uploaded_oldest", "taken_newest", "taken_oldest", "manual")


class Pacer:
    """Limits the rate at which all users together start actions, per second."""

    def __init__(self, rate: float) -> None:
        self._rate = rate
        self._next_at = 0.0

    async def wait(self) -> None:
        now = time.monotonic()
        self._next_at = max(now, self._next_at) + 1 / self._rate
        await asyncio.sleep(self._next_at - 1 / self._rate - now)


#: Everything that an endpoint can receive.
WEBHOOK_EVENTS = (
    *("image.ready", "image.failed", "image.deleted"),
    *("album.created", "album.updated", "album.deleted"),
)


class SimulatedUser:
    """One owner.

    One with `exact_usage` never does what lets its monthly usage exceed what is left at the end.
    """

    def __init__(
        self,
        owner: str,
        token: str,
        gateway_urls: Sequence[str],
        http: aiohttp.ClientSession,
        ledger: Ledger,
        seed: int,
        exact_usage: bool,
    ) -> None:
        self.owner = owner
        self._token = token
        self._gateway_urls = gateway_urls
        self._http = http
        self._ledger = ledger
        self._rng = random.Random(seed)
        self._uploads: list[UploadRecord] = []
        self._sent_images: list[tuple[bytes, str]] = []
        self._album_ids: list[str] = []
        self._shared_albums = SharedAlbumActions(
            owner, self._album_ids, self._choose_upload, self._request, ledger, self._rng
        )
        self._corrections = CorrectionActions(self._choose_upload, self._request, self._rng)
        self._api_keys = ApiKeyActions(
            owner, self._choose_upload, self._request, self._request_with_key, ledger, self._rng
        )
        self._action_weights = {
            name: weight
            for name, weight in ACTION_WEIGHTS.items()
            if not (exact_usage and name in INEXACT_USAGE_ACTIONS)
        }

    async def run(self, pacer: Pacer, stop: asyncio.Event) -> None:
        """Perform one action after another until `stop` is set; complete the last one."""
        while not stop.is_set():
            await pacer.wait()
            (name,) = self._rng.choices(
                list(self._action_weights), list(self._action_weights.values())
            )
            try:
                await self._find_action(name)()
                self._ledger.count_action(name)
            except RequestFailed as error:
                self._ledger.count_unexpected(f"gave up: {name}: {error}")

    async def visit(self, http: aiohttp.ClientSession) -> None:
        """List all albums that the user shares or has joined, and use all keys, at the end."""
        self._http = http
        await self._shared_albums.visit_albums()
        await self._api_keys.visit_keys()

    def _find_action(self, name: str) -> Callable[[], Awaitable[None]]:
        for actions in (self, self._corrections, self._shared_albums, self._api_keys):
            if (action := getattr(actions, name, None)) is not None:
                found: Callable[[], Awaitable[None]] = action
                return found
        raise AttributeError(name)

    async def upload_valid(self) -> None:
        body, media_type = draw_image(self._rng)
        self._sent_images.append((body, media_type))
        await self._upload(body, media_type, "valid")

    async def upload_corrupt(self) -> None:
        body, media_type = make_corrupt_image(self._rng)
        await self._upload(body, media_type, "corrupt")

    async def upload_duplicate(self) -> None:
        if self._sent_images:
            body, media_type = self._rng.choice(self._sent_images)
            await self._upload(body, media_type, "valid")

    async def upload_twice(self) -> None:
        """Send the same presigned POST twice, as a page does whose first response was lost."""
        body, media_type = draw_image(self._rng)
        upload, form = await self._create_upload(body, media_type, "valid")
        await asyncio.gather(self._post(form, body, upload), self._post(form, body, upload))

    async def upload_mismatched(self) -> None:
        """Send other bytes of the declared length.

        S3 rejects them by their checksum. Where the emulator does not, the services must.
        """
        body, media_type = draw_image(self._rng)
        upload, form = await self._create_upload(body, media_type, "mismatched")
        mismatched = body[:-1] + bytes([body[-1] ^ 1])
        await self._post(form, mismatched, upload, {200, 201, 204, 400, 403})

    async def upload_after_deletion(self) -> None:
        body, media_type = draw_image(self._rng)
        upload, form = await self._create_upload(body, media_type, "valid")
        await self._delete(upload)
        await self._post(form, body, upload)

    async def abandon_upload(self) -> None:
        body, media_type = draw_image(self._rng)
        await self._create_upload(body, media_type, "valid")

    async def delete_image(self) -> None:
        if upload := self._choose_upload():
            await self._delete(upload)

    async def delete_images(self) -> None:
        uploads = {
            each.image_id: each for each in (self._choose_upload(), self._choose_upload()) if each
        }
        if not uploads:
            return
        for upload in uploads.values():
            upload.deletion = "requested"
        path = "/v1/images/delete"
        body = {"ids": list(uploads), "permanent": True}
        response = await self._request("POST", path, body, {207})
        for item in response.body["items"]:
            if item["status"] in {204, 404}:
                uploads[item["id"]].deletion = "confirmed"

    async def move_to_trash(self) -> None:
        if upload := self._choose_upload():
            # 404: it is in the trash already.
            await self._request("DELETE", f"/v1/images/{upload.image_id}", None, {204, 404, 409})

    async def restore_image(self) -> None:
        if upload := self._choose_upload():
            path = f"/v1/images/{upload.image_id}/restore"
            await self._request("POST", path, None, {200, 409})

    async def update_images(self) -> None:
        """Mark images as favorites, archive, rate or label them, or take that back."""
        image_ids = [each.image_id for each in (self._choose_upload() for _ in range(3)) if each]
        if image_ids:
            changes = self._rng.choice(
                (
                    {"favorite": self._rng.random() < 0.5},
                    {"archived": self._rng.random() < 0.5},
                    {"rating": self._rng.randint(0, 5), "archived": self._rng.random() < 0.5},
                    {"add_labels": self._rng.sample(LABELS, 1)},
                )
            )
            body = {"ids": list(dict.fromkeys(image_ids)), "changes": changes}
            await self._request("POST", "/v1/images/update", body, {207})

    async def reprocess_image(self) -> None:
        if upload := self._choose_upload():
            path = f"/v1/images/{upload.image_id}/reprocess"
            upload.reprocess_count += 1
            await self._request("POST", path, {}, {202, 404, 409})

    async def edit_labels(self) -> None:
        if upload := self._choose_upload():
            labels = self._rng.sample(LABELS, 3)
            changes = {"labels_added": labels[:2], "labels_hidden": labels[2:]}
            path = f"/v1/images/{upload.image_id}"
            # The gateway responds 409 once its own retries of a contended write are exhausted, and
            # 404 for an image in the trash.
            await self._request("PATCH", path, changes, {200, 404, 409})

    async def create_webhook(self, url: str) -> str:
        """Create an endpoint that receives all events, and return its secret."""
        body = {"url": url, "events": list(WEBHOOK_EVENTS)}
        response = await self._request("POST", "/v1/webhooks", body, {201})
        return str(response.body["secret"])

    async def create_album(self) -> None:
        body = {"title": "Summer", "sort": self._rng.choice(ALBUM_SORTS)}
        response = await self._request("POST", "/v1/albums", body, {201})
        self._album_ids.append(response.body["id"])
        self._ledger.albums.append((self.owner, response.body["id"]))

    async def add_to_album(self) -> None:
        await self._change_album("images")

    async def remove_from_album(self) -> None:
        await self._change_album("images/delete")

    async def move_in_album(self) -> None:
        """Arrange the album; an image that is not in it is not moved, or no anchor."""
        chosen = [each.image_id for each in (self._choose_upload() for _ in range(3)) if each]
        anchor, *image_ids = dict.fromkeys(chosen) if chosen else ("",)
        if image_ids and self._album_ids:
            path = f"/v1/albums/{self._rng.choice(self._album_ids)}/images/move"
            side = self._rng.choice(("before", "after"))
            body = {"ids": image_ids, side: anchor}
            await self._request("POST", path, body, {207, 404, 409})

    async def _change_album(self, subpath: str) -> None:
        image_ids = [each.image_id for each in (self._choose_upload() for _ in range(4)) if each]
        if image_ids and self._album_ids:
            path = f"/v1/albums/{self._rng.choice(self._album_ids)}/{subpath}"
            await self._request("POST", path, {"ids": list(dict.fromkeys(image_ids))}, {207, 409})

    async def delete_album(self) -> None:
        if self._album_ids:
            album_id = self._album_ids.pop(self._rng.randrange(len(self._album_ids)))
            self._ledger.deleted_albums.append(album_id)
            await self._request("DELETE", f"/v1/albums/{album_id}", None, {204, 404})

    async def share_image(self) -> None:
        if upload := self._choose_upload():
            await self._share({"image_id": upload.image_id})

    async def share_album(self) -> None:
        if self._album_ids:
            await self._share({"album_id": self._rng.choice(self._album_ids)})

    async def _share(self, target: dict[str, str]) -> None:
        # 404: the image is in the trash.
        response = await self._request("POST", "/v1/share-links", target, {201, 404})
        if response.status == 201:
            link_id = response.body["share_link"]["id"]
            record = ShareRecord(self.owner, link_id, response.body["token"])
            record.image_id, record.album_id = target.get("image_id"), target.get("album_id")
            self._ledger.share_links.append(record)

    async def revoke_share_link(self) -> None:
        own = [
            each
            for each in self._ledger.share_links
            if each.owner == self.owner and each.revocation == "none"
        ]
        if own:
            link = self._rng.choice(own)
            link.revocation = "requested"
            await self._request("DELETE", f"/v1/share-links/{link.link_id}", None, {204, 404})
            link.revocation = "confirmed"

    async def list_everything(self) -> None:
        """Check that every listing contains the owner's images only."""
        label = self._rng.choice(LABELS)
        for path in (
            "/v1/images?limit=50",
            f"/v1/images?label={label}",
            f"/v1/images?text={self._rng.choice(WORDS)}",
            "/v1/albums",
            "/v1/labels",
            "/v1/usage",
            "/v1/images?order=taken&limit=50",
            "/v1/images?order=taken&limit=50&archived=any",
            "/v1/images?favorite=true&rating_min=1&archived=any",
            "/v1/timeline",
            "/v1/places",
            "/v1/trash",
            f"/v1/images?order=taken&q={label}&taken_from=1987-01-01T00:00:00Z",
            "/v1/share-links",
        ):
            response = await self._request("GET", path, None, {200})
            for listed in response.body.get("items", []):
                item = listed.get("image", listed)
                image_id = item.get("id", item.get("image_id"))
                if self._ledger.owner_of(image_id) not in {None, self.owner}:
                    self._ledger.isolation_violations.append(
                        f"{path} returned {image_id} to {self.owner}"
                    )

    async def access_foreign_image(self) -> None:
        """Check that every request for another owner's image responds 404."""
        uploads = self._ledger.uploads
        upload = self._rng.choice(uploads) if uploads else None
        if upload is None or upload.owner == self.owner:
            return
        image_id = upload.image_id
        for method, path, body in (
            ("GET", f"/v1/images/{image_id}", None),
            ("PATCH", f"/v1/images/{image_id}", {"title": "mine"}),
            ("POST", f"/v1/images/{image_id}/reprocess", {}),
            ("GET", f"/v1/images/{image_id}/original", None),
            ("DELETE", f"/v1/images/{image_id}", None),
            ("DELETE", f"/v1/images/{image_id}?permanent=true", None),
            ("POST", f"/v1/images/{image_id}/restore", None),
        ):
            response = await self._request(method, path, body, set(range(200, 500)))
            if response.status != 404:
                self._ledger.isolation_violations.append(
                    f"{self.owner}: {method} {path}: {response.status}"
                )

    def _choose_upload(self) -> UploadRecord | None:
        existing = [each for each in self._uploads if each.accepted and each.deletion == "none"]
        return self._rng.choice(existing) if existing else None

    async def _upload(self, body: bytes, media_type: str, kind: ImageKind) -> None:
        upload, form = await self._create_upload(body, media_type, kind)
        await self._post(form, body, upload)

    async def _create_upload(
        self, body: bytes, media_type: str, kind: ImageKind
    ) -> tuple[UploadRecord, Json]:
        """Return the upload and its presigned POST."""
        digest = hashlib.sha256(body).hexdigest()
        request: Json = {"media_type": media_type, "bytes": len(body), "sha256": digest}
        if self._rng.random() < TEXT_DETECTION_SHARE:
            request["features"] = ["labels", "text"]
        response = await self._request("POST", "/v1/images", request, {201})
        image_id = response.body["image"]["id"]
        upload = UploadRecord(self.owner, image_id, digest, len(body), kind)
        self._uploads.append(upload)
        self._ledger.add_upload(upload)
        return upload, response.body["upload"]

    async def _post(
        self, form: Json, body: bytes, upload: UploadRecord, expected: set[int] | None = None
    ) -> None:
        async def post() -> Response:
            data = aiohttp.FormData(form["fields"])
            data.add_field("file", body, filename="image")
            async with self._http.post(form["url"], data=data) as response:
                return Response(response.status, await response.text())

        response = await self._retry("upload", post, RETRYABLE_UPLOAD_STATUSES)
        if response.status not in (expected or {200, 201, 204}):
            self._ledger.count_unexpected(f"upload: {response.status} {response.body[:100]}")
        upload.accepted |= response.status < 300

    async def _delete(self, upload: UploadRecord) -> None:
        upload.deletion = "requested"
        path = f"/v1/images/{upload.image_id}?permanent=true"
        await self._request("DELETE", path, None, {204, 404})
        upload.deletion = "confirmed"

    async def _request_with_key(
        self, method: str, path: str, expected: set[int], secret: str
    ) -> Response:
        return await self._send(method, path, None, expected, secret)

    async def _request(
        self, method: str, path: str, body: Json | None, expected: set[int]
    ) -> Response:
        return await self._send(method, path, body, expected, self._token)

    async def _send(
        self, method: str, path: str, body: Json | None, expected: set[int], credential: str
    ) -> Response:
        headers = {"Authorization": f"Bearer {credential}"}
        if method == "POST":
            headers["Idempotency-Key"] = str(UUID(bytes=self._rng.randbytes(16)))

        async def send() -> Response:
            url = self._rng.choice(self._gateway_urls) + path
            async with self._http.request(method, url, json=body, headers=headers) as response:
                document = await response.json() if response.status != 204 else None
                if response.status in RETRYABLE_STATUSES and "Retry-After" not in response.headers:
                    self._ledger.count_unexpected(f"{response.status} without Retry-After")
                return Response(response.status, document)

        endpoint = f"{method} {_strip_ids(path)}"
        response = await self._retry(endpoint, send, RETRYABLE_STATUSES)
        if response.status not in expected:
            self._ledger.count_unexpected(f"{endpoint}: {response.status} {response.body}"[:160])
            if response.status >= 400:
                raise RequestFailed(f"{response.status}")
        return response

    async def _retry(
        self, endpoint: str, attempt: Callable[[], Awaitable[Response]], retryable: set[int]
    ) -> Response:
        """Retry with exponential backoff and jitter, as every good client does."""
        deadline, wait = time.monotonic() + RETRY_SECONDS, 0.1
        while time.monotonic() < deadline:
            with contextlib.suppress(aiohttp.ClientError, TimeoutError, ValueError):
                response = await attempt()
                if response.status == 500 and 500 not in retryable:
                    self._ledger.count_unexpected(f"{endpoint}: 500")
                elif response.status not in retryable and not is_in_progress(response):
                    return response
            await asyncio.sleep(wait * self._rng.uniform(0.5, 1))
            wait = min(MAX_RETRY_WAIT_SECONDS, wait * 2)
        raise RequestFailed(endpoint)


#: Actions by method name, with their relative frequency.
ACTION_WEIGHTS = {
    "upload_valid": 56,
    "upload_duplicate": 8,
    "upload_corrupt": 7,
    "upload_twice": 2,
    "upload_mismatched": 1,
    "upload_after_deletion": 1,
    "abandon_upload": 4,
    "delete_image": 6,
    "delete_images": 1,
    "move_to_trash": 4,
    "restore_image": 4,
    "correct_time": 2,
    "correct_position": 0.5,
    "rotate_image": 1,
    "shift_times": 2,
    "rotate_images": 0.5,
    "update_images": 4,
    "reprocess_image": 4,
    "edit_labels": 4,
    "create_album": 1,
    "add_to_album": 5,
    "remove_from_album": 2,
    "move_in_album": 1,
    "delete_album": 0.4,
    "invite_to_album": 3,
    "revoke_invitation": 0.3,
    "accept_invitation": 2,
    "contribute": 5,
    "withdraw_contribution": 0.7,
    "remove_contribution": 0.5,
    "change_role": 0.5,
    "remove_member": 0.4,
    "leave_album": 0.4,
    "list_shared_album": 0.5,
    "create_key": 0.5,
    "use_key": 1.5,
    "revoke_key": 0.3,
    "share_image": 3,
    "share_album": 1,
    "revoke_share_link": 1,
    "list_everything": 3,
    "access_foreign_image": 1,
    "access_foreign_album": 0.5,
}

#: Actions after which an owner's monthly usage exceeds what is left.
INEXACT_USAGE_ACTIONS = {
    *("delete_image", "delete_images", "move_to_trash", "restore_image", "reprocess_image"),
    *("upload_after_deletion", "upload_mismatched"),
}


def _strip_ids(path: str) -> str:
    """Return the path without its query, and with `{id}` in place of each id."""
    segments = path.partition("?")[0].split("/")
    return "/".join("{id}" if segment.count("-") == 4 else segment for segment in segments)


def is_in_progress(response: Response) -> bool:
    """Return whether an earlier attempt of the request has not ended yet."""
    return response.status == 409 and _get_error_code(response) == "request_in_progress"


def _get_error_code(response: Response) -> str | None:
    return response.body.get("code") if isinstance(response.body, dict) else None
