"""`make demo`: send one image through the public API, as any client would."""

import hashlib
import io
import mimetypes
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import httpx
from PIL import Image
from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn
from rich.table import Table

from sightline_local.connection import Connection
from sightline_local.errors import StackError
from sightline_local.sample_image import draw_sample

#: Time limit for one image; it usually takes one or two seconds.
TIMEOUT_SECONDS = 120.0

POLL_SECONDS = 0.1

#: Services whose spans the waterfall of an image contains, and the time to wait for them.
TRACED_SERVICES = ("sightline-api", "sightline-worker", "sightline-resizer")
TRACE_TIMEOUT_SECONDS = 10.0

#: Features that the demo requests.
FEATURES = ("labels", "text")

#: Lines of text that the demo prints.
MAX_LINES = 12

#: Photograph that the demo uploads, in scikit-image's package: a cat, by Stéfan van der Walt (CC0).
#: https://scikit-image.org/docs/stable/api/skimage.data.html#skimage.data.chelsea
SAMPLE_PHOTOGRAPH = "data/chelsea.png"

#: Suffix of the label model version when the local Rekognition emulator has no model.
NO_MODEL_SUFFIX = "/pixels"

Json = dict[str, Any]


class Stages:
    """Duration of each stage in milliseconds, in order."""

    def __init__(self) -> None:
        self.durations: list[tuple[str, float]] = []

    @contextmanager
    def measure(self, name: str) -> Iterator[None]:
        began = time.perf_counter()
        yield
        self.add(name, (time.perf_counter() - began) * 1000)

    def add(self, name: str, milliseconds: float) -> None:
        self.durations.append((name, milliseconds))


def run_demo(image_path: Path | None, folder: Path, console: Console) -> None:
    """Upload an image, print the result and save its renditions. Raises `StackError`."""
    connection = Connection.read(folder)
    image_path = image_path or find_sample(folder)
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
                raise StackError("the image could not be processed: see the reason above")
            if connection.traces:
                _show_waterfall(http, connection.traces, image["id"], console)
            _save(image, Path(f"renditions-of-{image_path.stem}"), console)
            if connection.web:
                console.print(f"Open {connection.web}/photos/{image['id']}", highlight=False)
    except httpx.TransportError:
        raise StackError("Sightline does not respond: is `make run` still running?") from None


def find_sample(folder: Path) -> Path:
    """Return the photograph of a cat in scikit-image's package, if that is installed.

    Otherwise draw an image into the folder.
    """
    package = find_spec("skimage")
    if package is not None and package.origin is not None:
        photograph = Path(package.origin).parent / SAMPLE_PHOTOGRAPH
        if photograph.exists():
            return photograph
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
    with stages.measure("Sign in"):
        token = sign_in(http, connection)
    http.headers["Authorization"] = f"Bearer {token}"
    began = time.perf_counter()
    with stages.measure("Create the upload"):
        media_type = mimetypes.guess_type(image_path.name)[0] or "image/jpeg"
        image_upload = request_upload(http, connection, image_path.name, body, media_type, FEATURES)
    columns = SpinnerColumn(), TextColumn("{task.description}"), BarColumn()
    with Progress(*columns, console=console) as progress:
        with stages.measure("Upload to S3"):
            upload_task = progress.add_task(f"Uploading {image_path.name}", total=len(body))
            upload(image_upload, body, lambda sent: progress.update(upload_task, completed=sent))
        image = _wait_until_processed(http, connection, image_upload["image"]["id"], progress)
    for part in ("recognition", "renditions"):
        stages.add(f"  {part.capitalize()}", _duration(image[part]))
    stages.add(f"Total, until {image['status']}", (time.perf_counter() - began) * 1000)
    return image


def find_token(folder: Path) -> str:
    """Return an access token of the demo user of the running stack. Raises `StackError`."""
    try:
        with httpx.Client(timeout=30) as http:
            return sign_in(http, Connection.read(folder))
    except httpx.TransportError:
        raise StackError("Sightline does not respond: is `make run` still running?") from None


def sign_in(http: httpx.Client, connection: Connection) -> str:
    """Sign in the demo user at Cognito and return the access token. Raises `StackError`."""
    response = http.post(
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
    if response.is_error:
        raise StackError(f"Cognito rejected the demo user: {response.text[:200]}")
    token: str = response.json()["AuthenticationResult"]["AccessToken"]
    return token


def request_upload(
    http: httpx.Client,
    connection: Connection,
    name: str,
    body: bytes,
    media_type: str = "image/jpeg",
    features: Sequence[str] | None = None,
) -> Json:
    """Create the image; the response has the image and its presigned POST."""
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


def upload(
    image_upload: Json, body: bytes, on_progress: Callable[[int], None] = lambda _: None
) -> None:
    """Send the file straight to S3 with the presigned POST. Raises `StackError`."""
    presigned_post = image_upload["upload"]
    files = {"file": ("image", _ProgressReader(body, on_progress))}
    response = httpx.post(
        presigned_post["url"], data=presigned_post["fields"], files=files, timeout=60
    )
    if response.is_error:
        raise StackError(f"S3 rejected the upload ({response.status_code}): {response.text[:200]}")


class _ProgressReader(io.BytesIO):
    """Bytes that report how many of them have been read."""

    def __init__(self, body: bytes, on_progress: Callable[[int], None]) -> None:
        super().__init__(body)
        self._on_progress = on_progress

    def read(self, size: int | None = -1, /) -> bytes:
        chunk = super().read(size)
        self._on_progress(self.tell())
        return chunk


def _wait_until_processed(
    http: httpx.Client, connection: Connection, image_id: str, progress: Progress
) -> Json:
    parts = ("recognition", "renditions")
    tasks = {part: progress.add_task(f"{part.capitalize()}: pending", total=1) for part in parts}
    deadline = time.monotonic() + TIMEOUT_SECONDS
    while time.monotonic() < deadline:
        image = _json(http.get(f"{connection.api}/v1/images/{image_id}"))
        for part in parts:
            state = image[part]["state"]
            ended = state in {"succeeded", "failed"}
            progress.update(
                tasks[part], description=f"{part.capitalize()}: {state}", completed=int(ended)
            )
        if image["status"] in {"ready", "failed"}:
            return image
        time.sleep(POLL_SECONDS)
    raise StackError(f"the image was not ready after {TIMEOUT_SECONDS:.0f} seconds: see the logs")


def _json(response: httpx.Response) -> Json:
    if response.is_error:
        problem = response.json()
        errors = [f"{each['location']}: {each['message']}" for each in problem.get("errors", [])]
        detail = "; ".join(errors) or problem["detail"]
        raise StackError(f"the API returned {problem['status']} {problem['code']}: {detail}")
    body: Json = response.json()
    return body


def _duration(part: Json) -> float:
    began, ended = (datetime.fromisoformat(part[name]) for name in ("started_at", "finished_at"))
    return (ended - began).total_seconds() * 1000


def _show(image: Json, console: Console) -> None:
    console.print()
    summary = Table(title=image["title"], title_justify="left", show_header=False, box=None)
    summary.add_row("Status", image["status"])
    for part in ("recognition", "renditions"):
        if failure := image[part]["failure"]:
            summary.add_row(part.capitalize(), f"[red]{failure['code']}[/]: {failure['message']}")
    summary.add_row("Type", image["media_type"])
    if image["width"]:
        summary.add_row("Dimensions", f"{image['width']} × {image['height']}")  # noqa: RUF001
    summary.add_row("Size", f"{image['bytes']:,} bytes")
    for name, value in _capture_rows(image["capture"] or {}):
        summary.add_row(name, value)
    console.print(summary)
    if image["recognition"]["labels"]:
        _show_labels(image["recognition"], console)
    _show_text(image["recognition"], console)


def _capture_rows(capture: Json) -> Iterator[tuple[str, str]]:
    if taken := capture.get("taken_at") or capture.get("taken_at_local"):
        yield "Taken", taken
    if capture.get("camera"):
        yield "Camera", capture["camera"]
    if capture.get("lens"):
        yield "Lens", capture["lens"]
    if capture.get("exposure"):
        yield "Exposure", ", ".join(_exposure_terms(capture))
    if place := capture.get("place"):
        altitude = f", {place['altitude']:.0f} m" if place.get("altitude") is not None else ""
        names = [
            place[name] for name in ("district", "city", "region", "country") if place.get(name)
        ]
        position = f"{place['latitude']:.5f}, {place['longitude']:.5f}{altitude}"
        yield "Place", f"{', '.join(names)} ({position})" if names else position


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
    columns = "Label", "Confidence", "", "Parents"
    console.print()
    table = Table(*columns, box=None)
    for label in recognition["labels"]:
        bar = "█" * round(label["confidence"] / 5)
        table.add_row(
            label["name"], f"{label['confidence']:.1f}%", bar, ", ".join(label["parents"])
        )
    console.print(table)
    if recognition["models"].get("labels", "").endswith(NO_MODEL_SUFFIX):
        console.print(
            "[yellow]No model for labels is installed: labels describe only colors, tones and "
            "text. Run `make models`.[/]"
        )


def _show_text(recognition: Json, console: Console) -> None:
    lines = [each for each in recognition["text"] or () if each["is_line"]]
    if lines:
        console.print()
        table = Table("Text", "Confidence", box=None)
        for line in lines[:MAX_LINES]:
            table.add_row(line["text"], f"{line['confidence']:.1f}%")
        console.print(table)
        if len(lines) > MAX_LINES:
            console.print(f"… and {len(lines) - MAX_LINES} more lines")


def _show_stages(stages: Stages, console: Console) -> None:
    console.print()
    table = Table("Stage", "Time", box=None)
    for name, milliseconds in stages.durations:
        table.add_row(name, f"{milliseconds:,.0f} ms")
    console.print(table)
    console.print()


def _show_waterfall(http: httpx.Client, traces: str, image_id: str, console: Console) -> None:
    """Print the trace of the image, once both consumers have exported their spans."""
    url = f"{traces}/images/{image_id}/waterfall.txt"
    deadline = time.monotonic() + TRACE_TIMEOUT_SECONDS
    while True:
        # The receiver does not need the access token.
        response = http.get(url, headers={"Authorization": ""})
        text = response.text if response.is_success else ""
        if all(service in text for service in TRACED_SERVICES) or time.monotonic() > deadline:
            break
        time.sleep(POLL_SECONDS)
    console.print(
        text or "The trace has not arrived.", highlight=False, markup=False, soft_wrap=True
    )
    console.print(f"Open {traces}/images/{image_id}", highlight=False)


def _save(image: Json, folder: Path, console: Console) -> None:
    folder.mkdir(exist_ok=True)
    for rendition in image["renditions"]["items"]:
        # S3 rejects a presigned URL that comes with an Authorization header.
        response = httpx.get(rendition["url"], timeout=30)
        response.raise_for_status()
        path = folder / f"{rendition['name']}.webp"
        path.write_bytes(response.content)
        with Image.open(path) as saved:
            console.print(f"Saved {path} ({saved.width} × {saved.height} px)", highlight=False)  # noqa: RUF001
