"""Reader of weight files that PyTorch saved before version 1.6, without PyTorch.

Such a file is a sequence of pickles (magic number, protocol version, byte order, the tensors, the
keys of their storages) and then, per storage, the number of its elements and the elements.
https://github.com/pytorch/pytorch/blob/v1.5.0/torch/serialization.py
"""

import pickle
import struct
from collections import OrderedDict
from collections.abc import Mapping
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sightline_local.recognition.onnx_sessions import ModelError

Array = NDArray[Any]

MAGIC_NUMBER = 0x1950A86A20F9469CFC6C
PROTOCOL_VERSION = 1001

#: Element types of the storages, little-endian.
ELEMENT_TYPES: Mapping[str, np.dtype[Any]] = {
    "FloatStorage": np.dtype("<f4"),
    "LongStorage": np.dtype("<i8"),
}


def read_weights(path: Path) -> dict[str, Array]:
    """Return the tensors of a state dictionary by name.

    Raises `ModelError` if the file has another format. Nothing in the file is executed: only the
    constructors of tensors are resolved.
    """
    try:
        with path.open("rb") as file:
            return _read(file)
    except (pickle.UnpicklingError, struct.error, EOFError, KeyError, TypeError, ValueError) as e:
        raise ModelError(f"{path.name} is not a weight file of PyTorch 1.5 or older: {e}") from e


def _read(file: BinaryIO) -> dict[str, Array]:
    header = [_Unpickler(file).load() for _ in range(3)]
    if header[:2] != [MAGIC_NUMBER, PROTOCOL_VERSION] or not header[2]["little_endian"]:
        raise ValueError("unexpected header")
    views: Mapping[str, _View] = _Unpickler(file).load()
    storages = {view.storage.key: view.storage for view in views.values()}
    contents = {}
    for key in _Unpickler(file).load():
        contents[key] = _read_storage(file, storages[key])
    return {name: view.read(contents[view.storage.key]) for name, view in views.items()}


class _Storage(NamedTuple):
    kind: str
    key: str
    size: int


class _View(NamedTuple):
    """A tensor; offset and strides count elements of its storage."""

    storage: _Storage
    offset: int
    shape: tuple[int, ...]
    strides: tuple[int, ...]

    def read(self, content: Array) -> Array:
        last = sum(
            (size - 1) * stride for size, stride in zip(self.shape, self.strides, strict=True)
        )
        if not 0 <= self.offset <= self.offset + last < len(content):
            raise ValueError("a tensor exceeds its storage")
        width = content.itemsize
        strides = [stride * width for stride in self.strides]
        return np.lib.stride_tricks.as_strided(content[self.offset :], self.shape, strides)


def _read_storage(file: BinaryIO, storage: _Storage) -> Array:
    (size,) = struct.unpack("<q", file.read(8))
    kind = ELEMENT_TYPES[storage.kind]
    content: Array = np.frombuffer(file.read(storage.size * kind.itemsize), dtype=kind)
    if size != storage.size or len(content) != size:
        raise ValueError("a storage is truncated")
    return content


class _StorageType(NamedTuple):
    name: str


def _build_view(
    storage: _Storage, offset: int, shape: tuple[int, ...], strides: tuple[int, ...], *_: object
) -> _View:
    return _View(storage, offset, tuple(shape), tuple(strides))


class _Unpickler(pickle.Unpickler):
    """Resolves the constructors of tensors only."""

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) == ("collections", "OrderedDict"):
            return OrderedDict
        if (module, name) == ("torch._utils", "_rebuild_tensor_v2"):
            return _build_view
        if module == "torch" and name in ELEMENT_TYPES:
            return _StorageType(name)
        raise pickle.UnpicklingError(f"{module}.{name} is not allowed")

    def persistent_load(self, pid: Any) -> _Storage:
        _, kind, key, _, size, *_ = pid
        return _Storage(kind.name, key, size)
