"""ONNX Runtime sessions, checked for the expected inputs and outputs."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

Tensor = NDArray[np.float32]

PROVIDERS = ["CPUExecutionProvider"]

#: Shape of a tensor; None is a dimension of any size.
Shape = tuple[int | None, ...]


class ModelError(Exception):
    """A file is not the expected model; the one-line message gives the reason."""


class Session(Protocol):
    """A loaded model; it can be run from any thread."""

    def run(self, tensor: Tensor) -> Mapping[str, Tensor]:
        """Return the outputs by name."""


@dataclass(frozen=True, slots=True)
class Signature:
    """The single input and the required outputs of a model; other outputs are allowed."""

    input: str
    shape: Shape
    outputs: Mapping[str, Shape]


class OnnxSession:
    """`Session` on ONNX Runtime's CPU provider."""

    def __init__(self, session: Any, input_name: str, outputs: list[str]) -> None:
        self._session = session
        self._input = input_name
        self._outputs = outputs

    @property
    def metadata(self) -> Mapping[str, str]:
        """The custom metadata of the model."""
        metadata: Mapping[str, str] = self._session.get_modelmeta().custom_metadata_map
        return metadata

    def run(self, tensor: Tensor) -> Mapping[str, Tensor]:
        values = self._session.run(self._outputs, {self._input: tensor})
        return dict(zip(self._outputs, values, strict=True))


def disable_telemetry() -> None:
    """Disable the telemetry of ONNX Runtime: nothing leaves this machine."""
    import onnxruntime  # type: ignore[import-untyped]

    onnxruntime.disable_telemetry_events()


def open_session(path: Path, signature: Signature, threads: int) -> OnnxSession:
    """Load a model. Raises `ModelError` if the file does not match the signature."""
    # Imported lazily: not every importer of this module needs the runtime.
    import onnxruntime

    disable_telemetry()
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    # Spinning threads would use CPU time between images.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    # Inputs differ in shape. An arena and a memory plan per shape would be kept between images.
    options.enable_cpu_mem_arena = False
    options.enable_mem_pattern = False
    # Log errors only: they are raised too, and graph warnings concern the author of the model.
    options.log_severity_level = 3
    try:
        session = onnxruntime.InferenceSession(str(path), options, providers=PROVIDERS)
    except Exception as error:
        # The runtime has many exception types for invalid files.
        raise ModelError(f"{path.name} is not a valid ONNX model: {_first_line(error)}") from error
    input_name = _check(path.name, signature, session)
    return OnnxSession(session, input_name, list(signature.outputs))


def _check(name: str, signature: Signature, session: Any) -> str:
    """Check a model and return the name of its input. Raises `ModelError`."""
    inputs = session.get_inputs()
    if len(inputs) != 1:
        raise ModelError(f"{name} has {len(inputs)} inputs, expected one")
    _check_shape(name, signature.input, inputs[0].shape, signature.shape)
    outputs = {each.name: each.shape for each in session.get_outputs()}
    for each, shape in signature.outputs.items():
        if each not in outputs:
            raise ModelError(f"{name} has no output {each!r}")
        _check_shape(name, each, outputs[each], shape)
    # The name of the only input depends on how the model was exported.
    input_name: str = inputs[0].name
    return input_name


def _check_shape(name: str, part: str, found: list[int | str | None], expected: Shape) -> None:
    """Compare shapes; a dynamic dimension of the model is a name or None."""
    if not found:
        return
    fits = len(found) == len(expected) and all(
        actual == required or required is None or not isinstance(actual, int)
        for actual, required in zip(found, expected, strict=True)
    )
    if not fits:
        raise ModelError(f"{name} has {part!r} of shape {found}, expected {list(expected)}")


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0]
