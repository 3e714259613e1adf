"""Download the models: `python -m sightline_local.recognition.models [NAME ...]`.

Complete files are kept, and interrupted downloads are resumed.
"""

import argparse
import hashlib
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import httpx
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TransferSpeedColumn

from sightline_local.recognition.model_catalog import CATALOG, DEFAULT_MODELS, Model
from sightline_local.recognition.settings import MODELS_FOLDER

#: Time limit without a received byte.
READ_TIMEOUT_SECONDS = 30.0

#: Receives the number of downloaded bytes.
ProgressCallback = Callable[[int], None]


class FetchError(Exception):
    """A model could not be downloaded; the one-line message gives the reason."""


def fetch(model: Model, folder: Path, client: httpx.Client, on_progress: ProgressCallback) -> Path:
    """Download a model into the folder and verify it; the final file is never incomplete.

    Raises `FetchError`.
    """
    file, part = folder / model.file, folder / model.partial_file
    if file.is_file() and _is_valid(file, model):
        on_progress(model.size)
        return file
    folder.mkdir(parents=True, exist_ok=True)
    if not _is_complete(part, model):
        _download(model, part, client, on_progress)
    if not _is_valid(part, model):
        part.unlink(missing_ok=True)
        raise FetchError(f"{model.name}: wrong checksum for {model.url}; the download was deleted")
    part.replace(file)
    on_progress(model.size)
    return file


def _download(
    model: Model, part: Path, client: httpx.Client, on_progress: ProgressCallback
) -> None:
    try:
        for start, chunks in _open_download(model, part, client):
            with part.open("r+b" if start else "wb") as output:
                output.seek(start)
                # Write each chunk at once: buffered data would be lost if the connection breaks.
                for chunk in chunks:
                    output.write(chunk)
                    on_progress(output.tell())
                    if output.tell() > model.size:
                        break
    except httpx.HTTPStatusError as error:
        raise FetchError(
            f"{model.name}: {model.url} returned {error.response.status_code}"
        ) from None
    except httpx.HTTPError as error:
        reason = str(error) or type(error).__name__
        raise FetchError(
            f"{model.name}: {httpx.URL(model.url).host} cannot be reached ({reason}); "
            "run the same command again to resume"
        ) from None
    except OSError as error:
        raise FetchError(f"{model.name}: cannot write {part}: {error.strerror}") from None


def _open_download(
    model: Model, part: Path, client: httpx.Client
) -> Iterator[tuple[int, Iterator[bytes]]]:
    """Yield the offset and the chunks: the rest of the file, or all if ranges are unsupported."""
    offset = part.stat().st_size if part.is_file() else 0
    headers = {"Accept-Encoding": "identity"}
    if offset:
        headers["Range"] = f"bytes={offset}-"
    with client.stream("GET", model.url, headers=headers) as response:
        if response.status_code != httpx.codes.REQUESTED_RANGE_NOT_SATISFIABLE:
            response.raise_for_status()
            resumed = response.status_code == httpx.codes.PARTIAL_CONTENT
            yield offset if resumed else 0, response.iter_bytes()
            return
    # The partial file is longer than the file on the server: start over.
    part.unlink()
    yield from _open_download(model, part, client)


def _is_complete(file: Path, model: Model) -> bool:
    return file.is_file() and file.stat().st_size == model.size


def _is_valid(file: Path, model: Model) -> bool:
    if not _is_complete(file, model):
        return False
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest() == model.sha256


def fetch_all(models: Sequence[Model], folder: Path) -> None:
    """Download models in turn, with a progress bar. Raises `FetchError` on the first failure."""
    columns = (
        TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TransferSpeedColumn()
    )  # fmt: skip
    console = Console()
    with (
        httpx.Client(follow_redirects=True, timeout=READ_TIMEOUT_SECONDS) as client,
        Progress(*columns, console=console) as progress,
    ):
        for model in models:
            bar = progress.add_task(model.name, total=model.size)

            def on_progress(done: int, bar: object = bar) -> None:
                progress.update(bar, completed=done)  # type: ignore[arg-type]

            file = fetch(model, folder, client, on_progress)
            progress.console.print(
                f"{file}: {model.description} ({model.license})", highlight=False
            )


def main(arguments: Sequence[str] | None = None) -> int:
    known = {model.name: model for model in CATALOG}
    parser = argparse.ArgumentParser(
        prog="python -m sightline_local.recognition.models",
        description="Download the models of the local Rekognition emulator.",
        epilog="\n".join(
            f"{model.name:15} {model.size / 1e6:6.1f} MB  {model.description} ({model.license})"
            for model in CATALOG
        ),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "names",
        nargs="*",
        metavar="NAME",
        help=f"models to download (default: {', '.join(DEFAULT_MODELS)})",
    )
    folder = os.environ.get("SIGHTLINE_RECOGNITION_MODELS", MODELS_FOLDER)
    parser.add_argument(
        "--folder", type=Path, default=folder, help="target folder (default: %(default)s)"
    )
    parser.add_argument("--mirror", help="base URL of a mirror that has the files as NAME.onnx")
    options = parser.parse_args(arguments)
    names = options.names or DEFAULT_MODELS
    unknown = [name for name in names if name not in known]
    if unknown:
        parser.error(f"unknown model {unknown[0]!r}; choose from {', '.join(known)}")
    models = [_from_mirror(known[name], options.mirror) for name in names]
    try:
        fetch_all(models, Path(options.folder))
    except FetchError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("stopped; run the same command again to resume")
        return 130
    return 0


def _from_mirror(model: Model, mirror: str | None) -> Model:
    if mirror is None:
        return model
    return model._replace(url=f"{mirror.rstrip('/')}/{model.file}")


if __name__ == "__main__":
    sys.exit(main())
