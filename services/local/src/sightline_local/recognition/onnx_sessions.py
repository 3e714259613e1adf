"""Models in ONNX form, opened once and checked for the inputs and outputs that we speak to."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

Tensor = NDArray[np.float32]

#: A side of a tensor: a number where it must be just that, None where it may be anything.
Shape = tuple[int | None, ...]


class ModelError(Exception):
    """Why a file cannot serve as the model it is said to be, in one line."""


class Session(Protocol):
    """A model that is ready to run, from any thread."""

    def run(self, tensor: Tensor) -> Mapping[str, Tensor]:
        """The outputs by name."""


@dataclass(frozen=True, slots=True)
class Signature:
    """The one input and the outputs that a model must have; it may have more outputs."""

    input: str
    shape: Shape
    outputs: Mapping[str, Shape]


class OnnxSession:
    """`Session` on ONNX Runtime's CPU provider."""

    def __init__(self, session: Any, input_name: str, outputs: list[str]) -> None:
        self._session = session
        self._input = input_name
        self._outputs = outputs

    def run(self, tensor: Tensor) -> Mapping[str, Tensor]:
        values = self._session.run(self._outputs, {self._input: tensor})
        return dict(zip(self._outputs, values, strict=True))


def disable_telemetry() -> None:
    """Have ONNX Runtime tell nobody what it runs: nothing here goes beyond this machine."""
    import onnxruntime  # type: ignore[import-untyped]

    onnxruntime.disable_telemetry_events()


def open_session(path: Path, signature: Signature, threads: int) -> OnnxSession:
    """Load a model. Raises `ModelError` where the file is no such model."""
    # Not everybody who imports this needs the runtime.
    import onnxruntime

    disable_telemetry()
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    # Threads that wait busily for the next picture would keep a laptop's fan running.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    # Errors come back as exceptions, and warnings about the graph are for those who made it.
    options.log_severity_level = 3
    try:
        session = onnxruntime.InferenceSession(
            str(path), options, providers=["CPUExecutionProvider"]
        )
    except Exception as error:
        # The runtime has an exception of its own for everything that can be wrong with a file.
        raise ModelError(
            f"{path.name} is not a model that can be run: {_first_line(error)}"
        ) from error
    input_name = _check(path.name, signature, session)
    return OnnxSession(session, input_name, list(signature.outputs))


def _check(name: str, signature: Signature, session: Any) -> str:
    """The name of the model's input. Raises `ModelError` where the model is another one."""
    inputs = session.get_inputs()
    if len(inputs) != 1:
        raise ModelError(f"{name} has {len(inputs)} inputs, not one")
    _check_shape(name, signature.input, inputs[0].shape, signature.shape)
    outputs = {each.name: each.shape for each in session.get_outputs()}
    for each, shape in signature.outputs.items():
        if each not in outputs:
            raise ModelError(f"{name} has no output {each!r}")
        _check_shape(name, each, outputs[each], shape)
    # What an input is called is up to whoever converted the model; there is but one.
    input_name: str = inputs[0].name
    return input_name


def _check_shape(name: str, part: str, found: list[int | str | None], wanted: Shape) -> None:
    """A side that the model leaves open has a name, or none, instead of a number."""
    if not found:
        return
    fits = len(found) == len(wanted) and all(
        theirs == ours or ours is None or not isinstance(theirs, int)
        for theirs, ours in zip(found, wanted, strict=True)
    )
    if not fits:
        raise ModelError(f"{name} has {part!r} of shape {found}, not {list(wanted)}")


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0]
