"""The models that can be fetched: each with its address, size and checksum, here and nowhere else.

An address names one revision for good, so what lies there can be told by its checksum. Addresses,
sizes and checksums are those that several independent public projects pin for the same files;
`python -m sightline_local.recognition.models` refuses anything else.
"""

from enum import StrEnum
from pathlib import Path
from typing import NamedTuple


class Task(StrEnum):
    """What a model is for."""

    OBJECTS = "objects"
    FACES = "faces"
    MODERATION = "moderation"


class Model(NamedTuple):
    """A file to fetch. `size` is in bytes, `sha256` hexadecimal."""

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
    def part(self) -> str:
        """What has come so far of a file that is being fetched."""
        return f"{self.file}.part"


_HUB = "https://huggingface.co/onnx-community"

#: For one task the first that is there is used.
CATALOG = (
    Model(
        name="dfine-s",
        task=Task.OBJECTS,
        url=f"{_HUB}/dfine_s_coco-ONNX/resolve/a3cf03147a9b86c78475139115c8ac142577352d"
        "/onnx/model.onnx",
        size=41_535_197,
        sha256="cd8a49a945feda6d28c6304ae8ae85c2759ba1d78a5a83a22c5ce8db82ef7238",
        license="Apache-2.0",
        description="D-FINE-S, 80 kinds of things",
    ),
    Model(
        name="dfine-n",
        task=Task.OBJECTS,
        url=f"{_HUB}/dfine_n_coco-ONNX/resolve/380d2839c327efaf65dd0fe0c2c10ab7fadd5473"
        "/onnx/model.onnx",
        size=15_258_358,
        sha256="0f684f409618ee8a822410e754a29caa817d1aa16283ce89cad936d0a48e2f35",
        license="Apache-2.0",
        description="D-FINE-N, the same things: faster, sees less",
    ),
    Model(
        name="yunet",
        task=Task.FACES,
        # Kept by Git LFS: the raw address would answer a pointer.
        url="https://media.githubusercontent.com/media/opencv/opencv_zoo/"
        "47534e27c9851bb1128ccc0102f1145e27f23f98/models/face_detection_yunet/"
        "face_detection_yunet_2023mar.onnx",
        size=232_589,
        sha256="8f2383e4dd3cfbb4553ea8718107fc0423210dc964f9f4280604804ed2552fa4",
        license="MIT",
        description="YuNet, where faces are",
    ),
    Model(
        name="falconsai-nsfw",
        task=Task.MODERATION,
        url=f"{_HUB}/nsfw_image_detection-ONNX/resolve/1ceb3c7fe1e9f3f2507e6df577437f23a9149fd5"
        "/onnx/model.onnx",
        size=343_401_688,
        sha256="a4316a4fb750169ac4fcabaabee1fcbd982b0ee8c0cc63fe3e944954bb9a7d9c",
        license="Apache-2.0",
        description="Falconsai, whether a picture is safe for work",
    ),
)

#: What is fetched where no model is named: the rest is large, or a matter of taste.
DEFAULT_MODELS = ("dfine-s", "yunet")


def find_model(task: Task, folder: Path) -> Path | None:
    """The file of the first model for this task that lies in the folder."""
    files = (folder / model.file for model in CATALOG if model.task is task)
    return next((file for file in files if file.is_file()), None)


def is_partially_downloaded(task: Task, folder: Path) -> bool:
    """Whether a model for this task has been fetched in part, and no more."""
    parts = (folder / model.part for model in CATALOG if model.task is task)
    return find_model(task, folder) is None and any(part.is_file() for part in parts)
