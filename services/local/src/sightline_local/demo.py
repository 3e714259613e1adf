"""`make demo`: one picture through the public API, as any client would do it."""

import hashlib
import io
import mimetypes
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx
from PIL import Image
from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn
from rich.table import Table

from sightline_local.connection import Connection
from sightline_local.sample_image import draw_sample
from sightline_local.stack import StackError

#: Seconds until the demo stops waiting; a picture takes one or two.
TIMEOUT_SECONDS = 120.0

#: Seconds between questions how far the picture is.
POLL_SECONDS = 0.1

#: What the demo has looked for.
FEATURES = ("labels", "text")

#: Lines of text that are shown.
MAX_LINES = 12

#: Ends the version of the local recognition's labels where it has no model.
NO_MODEL_SUFFIX = "/pixels"

Json = dict[str, Any]


class Stages:
    """How long each stage took, in milliseconds and in order."""

    def __init__(self) -> None:
        self.taken: list[tuple[str, float]] = []

    @contextmanager
    def measure(self, name: str) -> Iterator[None]:
        began = time.perf_counter()
        yield
        self.add(name, (time.perf_counter() - began) * 1000)

    def add(self, name: str, milliseconds: float) -> None:
        self.taken.append((name, milliseconds))


def run_demo(image_path: Path | None, folder: Path, console: Console) -> None:
    """Send the picture, show what came of it, save its renditions. Raises `StackError`."""
    connection = Connection.read(folder)
    image_path = image_path or _write_sample(folder)
    try:
        body = image_path.read_bytes()
    except OSError as error:
        raise StackError(f"{image_path} cannot be read: {error.strerror}") from None
    stages = Stages()
    try:
        with httpx.Client(timeout=30) as http:
            image = _process(http, connection, image_path, body, stages, console)
            _show(image, console)
            _show_stages(stages, console)
            if image["status"] != "ready":
                raise StackError("the picture could not be processed: see the reason above")
            _save(image, Path(f"renditions-of-{image_path.stem}"), console)
            if connection.web:
                console.print(f"see it at {connection.web}/pictures/{image['id']}", highlight=False)
    except httpx.TransportError:
        raise StackError("Sightline does not answer: is `make run` still running?") from None


def _write_sample(folder: Path) -> Path:
    path = folder / "sample.jpg"
    path.write_bytes(draw_sample())
    return path


def _process(
    http: httpx.Client,
    connection: Connection,
    image_path: Path,
    body: bytes,
    stages: Stages,
    console: Console,
) -> Json:
    with stages.measure("sign in"):
        token = sign_in(http, connection)
    http.headers["Authorization"] = f"Bearer {token}"
    began = time.perf_counter()
    with stages.measure("ticket"):
        media_type = mimetypes.guess_type(image_path.name)[0] or "image/jpeg"
        ticket = request_upload(http, connection, image_path.name, body, media_type, FEATURES)
    columns = SpinnerColumn(), TextColumn("{task.description}"), BarColumn()
    with Progress(*columns, console=console) as progress:
        with stages.measure("upload to S3"):
            sending = progress.add_task(f"uploading {image_path.name}", total=len(body))
            upload(ticket, body, lambda sent: progress.update(sending, completed=sent))
        image = _await_end(http, connection, ticket["image"]["id"], progress)
    for part in ("recognition", "renditions"):
        stages.add(f"  {part}", _duration(image[part]))
    stages.add("from POST to " + image["status"], (time.perf_counter() - began) * 1000)
    return image


def find_token(folder: Path) -> str:
    """An access token of the demo user of what runs from this folder. Raises `StackError`."""
    try:
        with httpx.Client(timeout=30) as http:
            return sign_in(http, Connection.read(folder))
    except httpx.TransportError:
        raise StackError("Sightline does not answer: is `make run` still running?") from None


def sign_in(http: httpx.Client, connection: Connection) -> str:
    """The access token of the card's user, from Cognito."""
    answer = http.post(
        connection.cognito,
        headers={
            "X-Amz-Target": "AWSCognitoIdentityProviderService.InitiateAuth",
            "Content-Type": "application/x-amz-json-1.1",
        },
        json={
            "AuthFlow": "USER_PASSWORD_AUTH",
            "ClientId": connection.client_id,
            "AuthParameters": {"USERNAME": connection.email, "PASSWORD": connection.password},
        },
    )
    if answer.is_error:
        raise StackError(f"Cognito refused the demo user: {answer.text[:200]}")
    token: str = answer.json()["AuthenticationResult"]["AccessToken"]
    return token


def request_upload(
    http: httpx.Client,
    connection: Connection,
    name: str,
    body: bytes,
    media_type: str = "image/jpeg",
    features: Sequence[str] | None = None,
) -> Json:
    """Announce the picture; the answer has the image and the form to upload it with."""
    return _json(
        http.post(
            f"{connection.api}/v1/images",
            json={
                "media_type": media_type,
                "bytes": len(body),
                "sha256": hashlib.sha256(body).hexdigest(),
                "title": name[:200],
                "features": features,
            },
        )
    )


def upload(ticket: Json, body: bytes, show: Callable[[int], None] = lambda _: None) -> None:
    """Post the file with the ticket's form, straight to S3."""
    form = ticket["upload"]
    files = {"file": ("picture", _ProgressReader(body, show))}
    answer = httpx.post(form["url"], data=form["fields"], files=files, timeout=60)
    if answer.is_error:
        raise StackError(f"S3 refused the upload ({answer.status_code}): {answer.text[:200]}")


class _ProgressReader(io.BytesIO):
    """Bytes that tell how many of them have been read."""

    def __init__(self, body: bytes, show: Callable[[int], None]) -> None:
        super().__init__(body)
        self._show = show

    def read(self, size: int | None = -1, /) -> bytes:
        chunk = super().read(size)
        self._show(self.tell())
        return chunk


def _await_end(
    http: httpx.Client, connection: Connection, image_id: str, progress: Progress
) -> Json:
    parts = ("recognition", "renditions")
    tasks = {part: progress.add_task(f"{part}: pending", total=1) for part in parts}
    deadline = time.monotonic() + TIMEOUT_SECONDS
    while time.monotonic() < deadline:
        image = _json(http.get(f"{connection.api}/v1/images/{image_id}"))
        for part in parts:
            state = image[part]["state"]
            ended = state in {"succeeded", "failed"}
            progress.update(tasks[part], description=f"{part}: {state}", completed=int(ended))
        if image["status"] in {"ready", "failed"}:
            return image
        time.sleep(POLL_SECONDS)
    raise StackError(f"the picture was not ready after {TIMEOUT_SECONDS:.0f} seconds: see the logs")


def _json(answer: httpx.Response) -> Json:
    if answer.is_error:
        problem = answer.json()
        errors = [f"{each['location']}: {each['message']}" for each in problem.get("errors", [])]
        detail = "; ".join(errors) or problem["detail"]
        raise StackError(f"the API answered {problem['status']} {problem['code']}: {detail}")
    body: Json = answer.json()
    return body


def _duration(part: Json) -> float:
    began, ended = (datetime.fromisoformat(part[name]) for name in ("started_at", "finished_at"))
    return (ended - began).total_seconds() * 1000


def _show(image: Json, console: Console) -> None:
    console.print()
    facts = Table(title=image["title"], title_justify="left", show_header=False, box=None)
    facts.add_row("status", image["status"])
    for part in ("recognition", "renditions"):
        if failure := image[part]["failure"]:
            facts.add_row(part, f"[red]{failure['code']}[/]: {failure['message']}")
    facts.add_row("type", image["media_type"])
    if image["width"]:
        facts.add_row("pixels", f"{image['width']} × {image['height']}")  # noqa: RUF001
    facts.add_row("bytes", f"{image['bytes']:,}")
    for name, value in _capture_rows(image["capture"] or {}):
        facts.add_row(name, value)
    console.print(facts)
    if image["recognition"]["labels"]:
        _show_labels(image["recognition"], console)
    _show_text(image["recognition"], console)


def _capture_rows(capture: Json) -> Iterator[tuple[str, str]]:
    if capture.get("taken_at"):
        yield "taken", capture["taken_at"]
    if capture.get("camera"):
        yield "camera", capture["camera"]
    if capture.get("lens"):
        yield "lens", capture["lens"]
    if capture.get("exposure"):
        yield "exposure", ", ".join(_exposure_terms(capture))
    if place := capture.get("place"):
        altitude = f", {place['altitude']:.0f} m" if place.get("altitude") is not None else ""
        yield "place", f"{place['latitude']:.5f}, {place['longitude']:.5f}{altitude}"


def _exposure_terms(capture: Json) -> Iterator[str]:
    exposure = capture["exposure"]
    yield f"1/{1 / exposure:.0f} s" if exposure < 1 else f"{exposure:g} s"
    if capture.get("f_number"):
        yield f"f/{capture['f_number']:g}"
    if capture.get("iso"):
        yield f"ISO {capture['iso']}"
    if capture.get("focal_length"):
        yield f"{capture['focal_length']:g} mm"


def _show_labels(recognition: Json, console: Console) -> None:
    columns = "label", "confidence", "", "under"
    table = Table(*columns, title="Labels", title_justify="left", box=None)
    for label in recognition["labels"]:
        bar = "█" * round(label["confidence"] / 5)
        table.add_row(
            label["name"], f"{label['confidence']:.1f} %", bar, ", ".join(label["parents"])
        )
    console.print(table)
    if recognition["models"].get("labels", "").endswith(NO_MODEL_SUFFIX):
        console.print(
            "[yellow]No model is installed here, so labels say only what can be computed from the "
            "pixels; `make models` fetches one that knows things.[/]"
        )


def _show_text(recognition: Json, console: Console) -> None:
    lines = [each for each in recognition["text"] or () if each["is_line"]]
    if lines:
        table = Table("text in the picture", "confidence", box=None)
        for line in lines[:MAX_LINES]:
            table.add_row(line["text"], f"{line['confidence']:.1f} %")
        console.print(table)
        if len(lines) > MAX_LINES:
            console.print(f"and {len(lines) - MAX_LINES} lines more")


def _show_stages(stages: Stages, console: Console) -> None:
    table = Table("stage", "", title="Time", title_justify="left", box=None)
    for name, milliseconds in stages.taken:
        table.add_row(name, f"{milliseconds:,.0f} ms")
    console.print(table)


def _save(image: Json, folder: Path, console: Console) -> None:
    folder.mkdir(exist_ok=True)
    for rendition in image["renditions"]["items"]:
        # S3 takes the address's own signature and no other.
        answer = httpx.get(rendition["url"], timeout=30)
        answer.raise_for_status()
        path = folder / f"{rendition['name']}.webp"
        path.write_bytes(answer.content)
        with Image.open(path) as saved:
            console.print(f"saved {path} ({saved.width} × {saved.height} px)", highlight=False)  # noqa: RUF001
