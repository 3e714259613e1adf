"""Fetches the models: `python -m sightline_local.recognition.models [NAME ...]`.

What is there already and right is left alone; what broke off goes on where it stopped.
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

#: Seconds without a single byte after which the other side counts as gone.
READ_TIMEOUT_SECONDS = 30.0

#: Told how many bytes of a file are there.
ProgressCallback = Callable[[int], None]


class FetchError(Exception):
    """Why a model could not be fetched, in one line that also says what to do."""


def fetch(model: Model, folder: Path, client: httpx.Client, told: ProgressCallback) -> Path:
    """Have the model in the folder, complete and checked; nobody ever sees half a file.

    Raises `FetchError`.
    """
    file, part = folder / model.file, folder / model.part
    if file.is_file() and _is_right(file, model):
        told(model.size)
        return file
    folder.mkdir(parents=True, exist_ok=True)
    if not _has_all(part, model):
        _receive(model, part, client, told)
    if not _is_right(part, model):
        part.unlink(missing_ok=True)
        raise FetchError(
            f"{model.name}: what {model.url} sent has not the checksum that it should have; "
            "nothing was kept"
        )
    part.replace(file)
    told(model.size)
    return file


def _receive(model: Model, part: Path, client: httpx.Client, told: ProgressCallback) -> None:
    try:
        for start, chunks in _requests(model, part, client):
            with part.open("r+b" if start else "wb") as output:
                output.seek(start)
                # As they come: what were gathered first would be lost where the line breaks.
                for chunk in chunks:
                    output.write(chunk)
                    told(output.tell())
                    if output.tell() > model.size:
                        break
    except httpx.HTTPStatusError as error:
        raise FetchError(
            f"{model.name}: {model.url} answered {error.response.status_code}"
        ) from None
    except httpx.HTTPError as error:
        reason = str(error) or type(error).__name__
        raise FetchError(
            f"{model.name}: {httpx.URL(model.url).host} cannot be reached ({reason}); "
            "what has come is kept, so try again later"
        ) from None
    except OSError as error:
        raise FetchError(f"{model.name}: cannot write {part}: {error.strerror}") from None


def _requests(
    model: Model, part: Path, client: httpx.Client
) -> Iterator[tuple[int, Iterator[bytes]]]:
    """Where to write, and what: the rest of the file, or all of it where no rest is to be had."""
    begun = part.stat().st_size if part.is_file() else 0
    headers = {"Accept-Encoding": "identity"}
    if begun:
        headers["Range"] = f"bytes={begun}-"
    with client.stream("GET", model.url, headers=headers) as response:
        if response.status_code != httpx.codes.REQUESTED_RANGE_NOT_SATISFIABLE:
            response.raise_for_status()
            resumed = response.status_code == httpx.codes.PARTIAL_CONTENT
            yield begun if resumed else 0, response.iter_bytes()
            return
    # What we have is longer than what they have: it was another file.
    part.unlink()
    yield from _requests(model, part, client)


def _has_all(file: Path, model: Model) -> bool:
    return file.is_file() and file.stat().st_size == model.size


def _is_right(file: Path, model: Model) -> bool:
    if not _has_all(file, model):
        return False
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest() == model.sha256


def fetch_all(models: Sequence[Model], folder: Path) -> None:
    """Fetch one after the other, with a bar for each. Raises `FetchError` at the first failure."""
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

            def told(done: int, bar: object = bar) -> None:
                progress.update(bar, completed=done)  # type: ignore[arg-type]

            file = fetch(model, folder, client, told)
            progress.console.print(
                f"{file}: {model.description} ({model.license})", highlight=False
            )


def main(arguments: Sequence[str] | None = None) -> int:
    known = {model.name: model for model in CATALOG}
    parser = argparse.ArgumentParser(
        prog="python -m sightline_local.recognition.models",
        description="Fetch the models of the local Rekognition.",
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
        help=f"which to fetch; without any: {', '.join(DEFAULT_MODELS)}",
    )
    folder = os.environ.get("SIGHTLINE_RECOGNITION_MODELS", MODELS_FOLDER)
    parser.add_argument(
        "--folder", type=Path, default=folder, help="where to put them (default: %(default)s)"
    )
    parser.add_argument(
        "--mirror", help="an address under which the files lie by their own names, NAME.onnx"
    )
    options = parser.parse_args(arguments)
    names = options.names or DEFAULT_MODELS
    unknown = [name for name in names if name not in known]
    if unknown:
        parser.error(f"there is no model {unknown[0]!r}; there are {', '.join(known)}")
    models = [_from_mirror(known[name], options.mirror) for name in names]
    try:
        fetch_all(models, Path(options.folder))
    except FetchError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("stopped; what has come is kept, so the next time goes on from there")
        return 130
    return 0


def _from_mirror(model: Model, mirror: str | None) -> Model:
    if mirror is None:
        return model
    return model._replace(url=f"{mirror.rstrip('/')}/{model.file}")


if __name__ == "__main__":
    sys.exit(main())
