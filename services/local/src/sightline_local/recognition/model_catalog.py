"""Catalog of the downloadable models, with URL, size and checksum.

Each URL names a fixed revision, so that the checksum stays valid. URLs, sizes and checksums are
those that several independent public projects pin for the same files.
`python -m sightline_local.recognition.models` rejects any other content.
"""

from enum import StrEnum
from pathlib import Path
from typing import NamedTuple


class Task(StrEnum):
    """The task that a model performs."""

    TAGS = "tags"
    OBJECTS = "objects"
    FACES = "faces"
    MODERATION = "moderation"


class Model(NamedTuple):
    """A downloadable model file; `size` is in bytes, `sha256` in hexadecimal."""

    name: str
    task: Task
    url: str
    size: int
    sha256: str
    license: str
    description: str

    @property
    def file(self) -> str:
        return f"{self.name}.onnx"

    @property
    def partial_file(self) -> str:
        """Name of the incomplete download."""
        return f"{self.file}.part"


_HUGGING_FACE = "https://huggingface.co/onnx-community"

#: In order of preference: of the models for one task, the first one installed is used.
CATALOG = (
    Model(
        name="dfine-s",
        task=Task.OBJECTS,
        url=f"{_HUGGING_FACE}/dfine_s_coco-ONNX/resolve/a3cf03147a9b86c78475139115c8ac142577352d"
        "/onnx/model.onnx",
        size=41_535_197,
        sha256="cd8a49a945feda6d28c6304ae8ae85c2759ba1d78a5a83a22c5ce8db82ef7238",
        license="Apache-2.0",
        description="D-FINE-S, 80 object classes",
    ),
    Model(
        name="dfine-n",
        task=Task.OBJECTS,
        url=f"{_HUGGING_FACE}/dfine_n_coco-ONNX/resolve/380d2839c327efaf65dd0fe0c2c10ab7fadd5473"
        "/onnx/model.onnx",
        size=15_258_358,
        sha256="0f684f409618ee8a822410e754a29caa817d1aa16283ce89cad936d0a48e2f35",
        license="Apache-2.0",
        description="D-FINE-N, the same classes: faster, less accurate",
    ),
    Model(
        name="yunet",
        task=Task.FACES,
        # Stored in Git LFS: the raw URL would return a pointer file.
        url="https://media.githubusercontent.com/media/opencv/opencv_zoo/"
        "47534e27c9851bb1128ccc0102f1145e27f23f98/models/face_detection_yunet/"
        "face_detection_yunet_2023mar.onnx",
        size=232_589,
        sha256="8f2383e4dd3cfbb4553ea8718107fc0423210dc964f9f4280604804ed2552fa4",
        license="MIT",
        description="YuNet, face detection",
    ),
    Model(
        name="falconsai-nsfw",
        task=Task.MODERATION,
        url=f"{_HUGGING_FACE}/nsfw_image_detection-ONNX/resolve/1ceb3c7fe1e9f3f2507e6df577437f23a9149fd5"
        "/onnx/model.onnx",
        size=343_401_688,
        sha256="a4316a4fb750169ac4fcabaabee1fcbd982b0ee8c0cc63fe3e944954bb9a7d9c",
        license="Apache-2.0",
        description="Falconsai, NSFW classification",
    ),
)

#: Models that are downloaded by default; the others are large or optional.
DEFAULT_MODELS = ("dfine-s", "yunet")


def find_model(task: Task, folder: Path) -> Path | None:
    """Return the file of the preferred installed model for a task, if there is one."""
    files = (folder / model.file for model in CATALOG if model.task is task)
    return next((file for file in files if file.is_file()), None)


def is_partially_downloaded(task: Task, folder: Path) -> bool:
    """Return whether the only model for a task is an incomplete download."""
    parts = (folder / model.partial_file for model in CATALOG if model.task is task)
    return find_model(task, folder) is None and any(part.is_file() for part in parts)
