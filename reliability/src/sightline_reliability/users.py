"""Owners who use the gateway as people and their programs do: they retry, repeat, change their
minds, forget, and try what is not theirs. Whatever they are told goes to the ledger."""

import asyncio
import contextlib
import hashlib
import random
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, NamedTuple
from uuid import UUID

import aiohttp

from sightline_reliability.ledger import Entry, Kind, Ledger
from sightline_reliability.recognition_emulator import VOCABULARY, WORDS
from sightline_reliability.sample_images import break_picture, draw_picture

#: Seconds for which somebody tries again before giving up.
PATIENCE = 150.0

#: Seconds; longer than the gateway's own limit, so that it is the gateway that answers.
ANSWER_TIMEOUT = 45.0

#: Statuses that say "again", with what a program waits at most, in seconds.
AGAIN = {429, 503}
LONGEST_WAIT = 2.0

Json = dict[str, Any]


class GaveUp(Exception):
    """Nobody answered in all the patience there was."""


class Answer(NamedTuple):
    status: int
    body: Any


class Pace:
    """Lets so many steps a second begin, for everybody together."""

    def __init__(self, rate: float) -> None:
        self._rate = rate
        self._next_at = 0.0

    async def wait(self) -> None:
        now = time.monotonic()
        self._next_at = max(now, self._next_at) + 1 / self._rate
        await asyncio.sleep(self._next_at - 1 / self._rate - now)


class Person:
    """One owner; a `tidy` one never does what makes its months count more than what is left."""

    def __init__(
        self,
        owner: str,
        token: str,
        gateways: Sequence[str],
        http: aiohttp.ClientSession,
        ledger: Ledger,
        seed: int,
        tidy: bool,
    ) -> None:
        self.owner = owner
        self._headers = {"Authorization": f"Bearer {token}"}
        self._gateways = gateways
        self._http = http
        self._ledger = ledger
        self._chance = random.Random(seed)
        self._mine: list[Entry] = []
        self._bodies: list[tuple[bytes, str]] = []
        self._albums: list[str] = []
        self._steps = (
            STEPS
            if not tidy
            else {name: weight for name, weight in STEPS.items() if name not in UNTIDY}
        )

    async def live(self, pace: Pace, stop: asyncio.Event) -> None:
        """One step after another until told to stop; what was begun is brought to an end."""
        while not stop.is_set():
            await pace.wait()
            (name,) = self._chance.choices(list(self._steps), list(self._steps.values()))
            step: Callable[[], Awaitable[None]] = getattr(self, name)
            try:
                await step()
                self._ledger.step(name)
            except GaveUp as error:
                self._ledger.surprise(f"gave up: {name}: {error}")

    async def upload_good(self) -> None:
        body, media_type = draw_picture(self._chance)
        self._bodies.append((body, media_type))
        await self._send(body, media_type, "good")

    async def upload_broken(self) -> None:
        body, media_type = break_picture(self._chance)
        await self._send(body, media_type, "broken")

    async def upload_duplicate(self) -> None:
        if self._bodies:
            body, media_type = self._chance.choice(self._bodies)
            await self._send(body, media_type, "good")

    async def upload_twice(self) -> None:
        """The same form posted again, as a page does whose first answer never came."""
        body, media_type = draw_picture(self._chance)
        entry, form = await self._announce(body, media_type, "good")
        await asyncio.gather(self._post(form, body, entry), self._post(form, body, entry))

    async def upload_other(self) -> None:
        """Other bytes of the same length than were announced: S3 refuses them by their checksum;
        where its stand-in does not, the services must."""
        body, media_type = draw_picture(self._chance)
        entry, form = await self._announce(body, media_type, "swapped")
        await self._post(form, body[:-1] + bytes([body[-1] ^ 1]), entry, {200, 201, 204, 400, 403})

    async def upload_after_deletion(self) -> None:
        body, media_type = draw_picture(self._chance)
        entry, form = await self._announce(body, media_type, "good")
        await self._delete(entry)
        await self._post(form, body, entry)

    async def abandon(self) -> None:
        body, media_type = draw_picture(self._chance)
        await self._announce(body, media_type, "good")

    async def delete(self) -> None:
        if entry := self._choose():
            await self._delete(entry)

    async def delete_many(self) -> None:
        chosen = {each.image_id: each for each in (self._choose(), self._choose()) if each}
        if not chosen:
            return
        for entry in chosen.values():
            entry.deletion = "asked"
        told = await self._call("POST", "/v1/images/delete", {"ids": list(chosen)}, {207})
        for item in told.body["items"]:
            if item["status"] in {204, 404}:
                chosen[item["id"]].deletion = "done"

    async def reprocess(self) -> None:
        if entry := self._choose():
            path = f"/v1/images/{entry.image_id}/reprocess"
            entry.reprocessed += 1
            await self._call("POST", path, {}, {202, 409})

    async def edit(self) -> None:
        if entry := self._choose():
            labels = self._chance.sample(VOCABULARY, 3)
            changes = {"labels_added": labels[:2], "labels_hidden": labels[2:]}
            path = f"/v1/images/{entry.image_id}"
            # Contention is told as 409; by then the edit has been tried often enough.
            await self._call("PATCH", path, changes, {200, 409})

    async def make_album(self) -> None:
        told = await self._call("POST", "/v1/albums", {"title": "Summer"}, {201})
        self._albums.append(told.body["id"])

    async def fill_album(self) -> None:
        chosen = [each.image_id for each in (self._choose() for _ in range(4)) if each]
        if chosen and self._albums:
            path = f"/v1/albums/{self._chance.choice(self._albums)}/images"
            await self._call("POST", path, {"ids": list(dict.fromkeys(chosen))}, {207, 409})

    async def thin_album(self) -> None:
        chosen = [each.image_id for each in (self._choose() for _ in range(4)) if each]
        if chosen and self._albums:
            path = f"/v1/albums/{self._chance.choice(self._albums)}/images/delete"
            await self._call("POST", path, {"ids": list(dict.fromkeys(chosen))}, {207, 409})

    async def drop_album(self) -> None:
        if self._albums:
            album_id = self._albums.pop(self._chance.randrange(len(self._albums)))
            self._ledger.dropped_albums.append(album_id)
            await self._call("DELETE", f"/v1/albums/{album_id}", None, {204, 404})

    async def look(self) -> None:
        """Every listing shows what is the owner's own, and nothing else."""
        label = self._chance.choice(VOCABULARY)
        for path in (
            "/v1/images?limit=50",
            f"/v1/search?label={label}",
            f"/v1/search?text={self._chance.choice(WORDS)}",
            "/v1/albums",
            "/v1/labels",
            "/v1/usage",
        ):
            told = await self._call("GET", path, None, {200})
            for item in told.body.get("items", []):
                if self._ledger.owner_of(item.get("id")) not in {None, self.owner}:
                    self._ledger.trespasses.append(f"{self.owner} was shown {item['id']} by {path}")

    async def trespass(self) -> None:
        """Each way to somebody else's image ends as if there were none."""
        foreign = [each for each in self._ledger.entries if each.owner != self.owner]
        if not foreign:
            return
        image_id = self._chance.choice(foreign).image_id
        for method, path, body in (
            ("GET", f"/v1/images/{image_id}", None),
            ("PATCH", f"/v1/images/{image_id}", {"title": "mine"}),
            ("POST", f"/v1/images/{image_id}/reprocess", {}),
            ("GET", f"/v1/images/{image_id}/original", None),
            ("DELETE", f"/v1/images/{image_id}", None),
        ):
            told = await self._call(method, path, body, set(range(200, 500)))
            if told.status != 404:
                self._ledger.trespasses.append(f"{self.owner}: {method} {path}: {told.status}")

    def _choose(self) -> Entry | None:
        there = [entry for entry in self._mine if entry.accepted and entry.deletion == "none"]
        return self._chance.choice(there) if there else None

    async def _send(self, body: bytes, media_type: str, kind: Kind) -> None:
        entry, form = await self._announce(body, media_type, kind)
        await self._post(form, body, entry)

    async def _announce(self, body: bytes, media_type: str, kind: Kind) -> tuple[Entry, Json]:
        digest = hashlib.sha256(body).hexdigest()
        asked: Json = {"media_type": media_type, "bytes": len(body), "sha256": digest}
        if self._chance.random() < WORDY:
            asked["features"] = ["labels", "text"]
        told = await self._call("POST", "/v1/images", asked, {201})
        entry = Entry(self.owner, told.body["image"]["id"], digest, len(body), kind)
        self._mine.append(entry)
        self._ledger.add(entry)
        return entry, told.body["upload"]

    async def _post(
        self, form: Json, body: bytes, entry: Entry, expected: set[int] | None = None
    ) -> None:
        async def post() -> Answer:
            data = aiohttp.FormData(form["fields"])
            data.add_field("file", body, filename="picture")
            async with self._http.post(form["url"], data=data) as answer:
                return Answer(answer.status, await answer.text())

        told = await self._insist("upload", post, AGAIN | {500})
        if told.status not in (expected or {200, 201, 204}):
            self._ledger.surprise(f"upload: {told.status} {told.body[:100]}")
        entry.accepted |= told.status < 300

    async def _delete(self, entry: Entry) -> None:
        entry.deletion = "asked"
        await self._call("DELETE", f"/v1/images/{entry.image_id}", None, {204, 404})
        entry.deletion = "done"

    async def _call(self, method: str, path: str, body: Json | None, expected: set[int]) -> Answer:
        headers = dict(self._headers)
        if method == "POST":
            headers["Idempotency-Key"] = str(UUID(bytes=self._chance.randbytes(16)))

        async def ask() -> Answer:
            gateway = self._chance.choice(self._gateways)
            async with self._http.request(
                method, gateway + path, json=body, headers=headers
            ) as answer:
                told = Answer(answer.status, await answer.json() if answer.status != 204 else None)
                if answer.status in AGAIN and "Retry-After" not in answer.headers:
                    self._ledger.surprise(f"{answer.status} without Retry-After")
                return told

        told = await self._insist(f"{method} {_shape(path)}", ask, AGAIN)
        if told.status not in expected:
            self._ledger.surprise(f"{method} {_shape(path)}: {told.status} {told.body}"[:160])
            if told.status >= 400:
                raise GaveUp(f"{told.status}")
        return told

    async def _insist(
        self, what: str, attempt: Callable[[], Awaitable[Answer]], again: set[int]
    ) -> Answer:
        """Try as long as there is patience, as every good client does."""
        until, wait = time.monotonic() + PATIENCE, 0.1
        while time.monotonic() < until:
            with contextlib.suppress(aiohttp.ClientError, TimeoutError, ValueError):
                told = await attempt()
                busy = told.status == 409 and _code(told) == "request_in_progress"
                if told.status == 500 and 500 not in again:
                    self._ledger.surprise(f"{what}: 500")
                elif told.status not in again and not busy:
                    return told
            await asyncio.sleep(wait * self._chance.uniform(0.5, 1))
            wait = min(LONGEST_WAIT, wait * 2)
        raise GaveUp(what)


#: Of ten pictures so many are to be read, too.
WORDY = 0.3

#: What is done, and how often.
STEPS = {
    "upload_good": 56,
    "upload_duplicate": 8,
    "upload_broken": 7,
    "upload_twice": 2,
    "upload_other": 1,
    "upload_after_deletion": 1,
    "abandon": 4,
    "delete": 6,
    "delete_many": 1,
    "reprocess": 4,
    "edit": 4,
    "make_album": 1,
    "fill_album": 5,
    "thin_album": 2,
    "drop_album": 0.4,
    "look": 3,
    "trespass": 1,
}

#: What makes an owner's months count more than what is left: some owners never do it.
UNTIDY = {"delete", "delete_many", "reprocess", "upload_after_deletion", "upload_other"}


def _shape(path: str) -> str:
    """The path without what is particular in it."""
    steps = path.partition("?")[0].split("/")
    return "/".join("{id}" if step.count("-") == 4 else step for step in steps)


def _code(told: Answer) -> str | None:
    return told.body.get("code") if isinstance(told.body, dict) else None
