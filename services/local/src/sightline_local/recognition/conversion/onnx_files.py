"""Older ONNX files, adapted to current versions of ONNX Runtime."""

from collections.abc import Mapping
from pathlib import Path

import onnx

from sightline_local.recognition.onnx_sessions import ModelError

#: Shape of a value; a dimension of any size has a name.
Shape = tuple[int | str, ...]


def convert(path: Path, shapes: Mapping[str, Shape]) -> bytes:
    """Return the model with the given shapes of its inputs and outputs.

    Old exporters listed weights as inputs too, which prevents the runtime from treating them as
    constants. Raises `ModelError`.
    """
    try:
        model = onnx.load(path)
    except Exception as error:
        # The parser raises exceptions of its own, depending on its implementation.
        raise ModelError(f"{path.name} is not an ONNX model") from error
    graph = model.graph
    weights = {each.name for each in graph.initializer}
    inputs = [each for each in graph.input if each.name not in weights]
    del graph.input[:]
    graph.input.extend(inputs)
    # They are shapes of intermediate results for one size of the input.
    del graph.value_info[:]
    values = {each.name: each for each in (*graph.input, *graph.output)}
    if values.keys() != shapes.keys():
        raise ModelError(f"{path.name} has the inputs and outputs {', '.join(sorted(values))}")
    for name, shape in shapes.items():
        _set_shape(values[name], shape)
    content: bytes = model.SerializeToString()
    return content


def _set_shape(value: onnx.ValueInfoProto, shape: Shape) -> None:
    dimensions = value.type.tensor_type.shape.dim
    del dimensions[:]
    for size in shape:
        if isinstance(size, int):
            dimensions.add().dim_value = size
        else:
            dimensions.add().dim_param = size
