"""What simulated users correct of their images: the time of capture, the position, the rotation."""

import random
from collections.abc import Callable
from datetime import datetime, timedelta

from sightline_reliability.ledger import UploadRecord
from sightline_reliability.requests import Json, SendRequest

#: Times of capture that users enter; None restores that of the file.
TIMES = (None, "1987-08-02T16:30:00", "2001-01-02T16:30:00")

#: Degrees north and east of places that have names.
POSITIONS = ((38.71, -9.14), (52.52, 13.4), (-33.87, 151.21))

#: Hours by which users shift the times of capture of several images.
SHIFT_HOURS = (-24, -1, 1, 5)


class CorrectionActions:
    """The corrections of one user.

    A record knows what must hold at the end as long as every response says so. Requests of a user
    follow one another.
    """

    def __init__(
        self,
        choose_upload: Callable[[], UploadRecord | None],
        request: SendRequest,
        rng: random.Random,
    ) -> None:
        self._choose_upload = choose_upload
        self._request = request
        self._rng = rng

    async def correct_time(self) -> None:
        """Move the image to another month of the timeline, or back to that of its file."""
        if upload := self._choose_upload():
            time = self._rng.choice(TIMES)
            known, upload.taken_at = upload.taken_at, None
            match await self._correct(upload, {"taken_at_override": time}):
                case 200:
                    upload.taken_at = time
                case 404:
                    # It is in the trash, and has the time that it had.
                    upload.taken_at = known

    async def correct_position(self) -> None:
        if upload := self._choose_upload():
            latitude, longitude = self._rng.choice(POSITIONS)
            known, upload.position = upload.position, None
            changes = {"position_override": {"latitude": latitude, "longitude": longitude}}
            match await self._correct(upload, changes):
                case 200:
                    upload.position = latitude, longitude
                case 404:
                    upload.position = known

    async def rotate_image(self) -> None:
        if upload := self._choose_upload():
            rotation = self._rng.choice((0, 90, 180, 270))
            known, upload.rotation = upload.rotation, None
            match await self._correct(upload, {"rotation": rotation}):
                case 200:
                    upload.rotation = rotation
                case 404:
                    upload.rotation = known

    async def shift_times(self) -> None:
        """Shift the times of capture of several images: exactly once, however often it is sent."""
        hours = self._rng.choice(SHIFT_HOURS)
        uploads = self._choose_several()
        known = {each.image_id: each.taken_at for each in uploads}
        for each in uploads:
            each.taken_at = None
        outcomes = await self._update(uploads, {"taken_at_shift": f"{_sign(hours)}PT{abs(hours)}H"})
        for each in uploads:
            before = known[each.image_id]
            match outcomes.get(each.image_id):
                case 204 if before is not None:
                    shifted = datetime.fromisoformat(before) + timedelta(hours=hours)
                    each.taken_at = shifted.isoformat()
                case 404:
                    each.taken_at = before

    async def rotate_images(self) -> None:
        """Rotate several images further: exactly once, however often it is sent."""
        degrees = self._rng.choice((90, 180, 270))
        uploads = self._choose_several()
        known = {each.image_id: each.rotation for each in uploads}
        for each in uploads:
            each.rotation = None
        outcomes = await self._update(uploads, {"rotate_by": degrees})
        for each in uploads:
            before = known[each.image_id]
            match outcomes.get(each.image_id):
                case 204 if before is not None:
                    each.rotation = (before + degrees) % 360
                case 404:
                    each.rotation = before

    def _choose_several(self) -> list[UploadRecord]:
        chosen = (self._choose_upload() for _ in range(3))
        return list({each.image_id: each for each in chosen if each}.values())

    async def _correct(self, upload: UploadRecord, changes: Json) -> int:
        path = f"/v1/images/{upload.image_id}"
        # 409: the image changes again and again.
        response = await self._request("PATCH", path, changes, {200, 404, 409})
        return response.status

    async def _update(self, uploads: list[UploadRecord], changes: Json) -> dict[str, int]:
        """Return the status of each image."""
        if not uploads:
            return {}
        body = {"ids": [each.image_id for each in uploads], "changes": changes}
        response = await self._request("POST", "/v1/images/update", body, {207})
        return {each["id"]: each["status"] for each in response.body["items"]}


def _sign(number: int) -> str:
    return "-" if number < 0 else ""
