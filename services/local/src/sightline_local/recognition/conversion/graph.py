"""A builder of ONNX graphs."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

#: Versions that every supported ONNX Runtime can load.
OPSET_VERSION = 16
IR_VERSION = 8


class Graph:
    """Collects the nodes and constants of a graph with float32 inputs and outputs."""

    def __init__(self) -> None:
        self._nodes: list[onnx.NodeProto] = []
        self._constants: list[onnx.TensorProto] = []

    def constant(self, value: NDArray[Any]) -> str:
        """Add a constant and return its name."""
        name = f"constant{len(self._constants)}"
        self._constants.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def node(self, operator: str, *inputs: str, output: str = "", **attributes: Any) -> str:
        """Add a node with one output and return the name of the output."""
        name = output or f"value{len(self._nodes)}"
        self._nodes.append(helper.make_node(operator, list(inputs), [name], **attributes))
        return name

    def serialize(
        self, inputs: Mapping[str, tuple[int, ...]], outputs: Mapping[str, tuple[int, ...]]
    ) -> bytes:
        """Return the model with the shapes of its inputs and outputs."""
        graph = helper.make_graph(
            self._nodes,
            "sightline",
            _describe_values(inputs),
            _describe_values(outputs),
            self._constants,
        )
        opset = [helper.make_opsetid("", OPSET_VERSION)]
        model = helper.make_model(graph, opset_imports=opset, ir_version=IR_VERSION)
        onnx.checker.check_model(model)
        content: bytes = model.SerializeToString()
        return content


def _describe_values(shapes: Mapping[str, tuple[int, ...]]) -> list[onnx.ValueInfoProto]:
    return [
        helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)
        for name, shape in shapes.items()
    ]
