"""Small models with the inputs and outputs of the real ones and known results.

Each computes its output from the image, so that a wrongly prepared image yields a wrong result.
"""

import math
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

FLOAT = TensorProto.FLOAT

#: Class and score that the object model returns for a red rectangle (COCO's dog), and for the
#: left edge (a person).
DOG, DOG_SCORE = 16, 1 / (1 + math.exp(-4.0))
PERSON, PERSON_SCORE = 0, 1 / (1 + math.exp(0.5))


class Graph:
    """Collects the nodes and constants of an ONNX graph."""

    def __init__(self) -> None:
        self._nodes: list[onnx.NodeProto] = []
        self._constants: list[onnx.TensorProto] = []

    def constant(self, value: object, kind: type = np.float32) -> str:
        name = f"constant{len(self._constants)}"
        array: NDArray[np.generic] = np.asarray(value, dtype=kind)
        self._constants.append(numpy_helper.from_array(array, name))
        return name

    def node(self, kind: str, *inputs: str, output: str = "", **attributes: Any) -> str:
        name = output or f"value{len(self._nodes)}"
        self._nodes.append(helper.make_node(kind, list(inputs), [name], **attributes))
        return name

    def channel(self, source: str, index: int) -> str:
        start, end, axis = (self.constant([each], np.int64) for each in (index, index + 1, 1))
        return self.node("Slice", source, start, end, axis)

    def save(
        self,
        path: Path,
        inputs: dict[str, list[str | int]],
        outputs: dict[str, list[str | int]],
    ) -> Path:
        graph = helper.make_graph(
            self._nodes,
            "known",
            [helper.make_tensor_value_info(name, FLOAT, shape) for name, shape in inputs.items()],
            [helper.make_tensor_value_info(name, FLOAT, shape) for name, shape in outputs.items()],
            self._constants,
        )
        opset = [helper.make_opsetid("", 16)]
        model = helper.make_model(graph, opset_imports=opset, ir_version=8)
        onnx.checker.check_model(model)
        onnx.save(model, path)
        return path


def save_objects(path: Path, classes: int = 80) -> Path:
    """Save a model that detects pure red as a dog, with the box from the pixels' mean and variance.

    For any image it also returns a doubtful person whose box extends beyond the left edge.
    """
    graph = Graph()
    red, green, blue = (graph.channel("pixel_values", index) for index in range(3))
    other = graph.node("Add", green, blue)
    margin = graph.node("Sub", graph.node("Sub", red, other), graph.constant(0.5))
    mask = graph.node("Relu", margin)
    total = graph.node("ReduceSum", mask, graph.constant([1, 2, 3], np.int64), keepdims=1)
    weight = graph.node("Div", mask, graph.node("Add", total, graph.constant(1e-6)))
    steps = (np.arange(640) + 0.5) / 640
    middles, sizes = [], []
    for grid in (steps.reshape(1, 1, 1, 640), steps.reshape(1, 1, 640, 1)):
        mean = _mean(graph, weight, graph.constant(grid))
        square = _mean(graph, weight, graph.constant(grid**2))
        variance = graph.node("Sub", square, graph.node("Mul", mean, mean))
        # The variance of a bar of width w is w * w / 12.
        size = graph.node(
            "Sqrt", graph.node("Mul", graph.node("Abs", variance), graph.constant(12))
        )
        middles.append(mean)
        sizes.append(size)
    box = graph.node("Concat", *middles, *sizes, axis=3)
    box = graph.node("Reshape", box, graph.constant([1, 1, 4], np.int64))
    others = np.zeros((1, 299, 4))
    others[0, 0] = (0.0, 0.5, 0.2, 0.4)
    graph.node("Concat", box, graph.constant(others), axis=1, output="pred_boxes")
    logits, seen = np.full((1, 300, classes), -10.0), np.zeros((1, 300, classes))
    logits[0, 1, PERSON] = -0.5
    seen[0, 0, DOG] = 14
    there = graph.node("Greater", total, graph.constant(1))
    flag = graph.node(
        "Reshape", graph.node("Cast", there, to=FLOAT), graph.constant([1, 1, 1], np.int64)
    )
    lift = graph.node("Mul", flag, graph.constant(seen))
    graph.node("Add", lift, graph.constant(logits), output="logits")
    return graph.save(
        path,
        {"pixel_values": ["batch", 3, 640, 640]},
        {"logits": ["batch", 300, classes], "pred_boxes": ["batch", 300, 4]},
    )


def _mean(graph: Graph, weight: str, grid: str) -> str:
    axes = graph.constant([1, 2, 3], np.int64)
    return graph.node("ReduceSum", graph.node("Mul", weight, grid), axes, keepdims=1)


def save_faces(path: Path) -> Path:
    """Save a model that detects a 64-pixel face per blue cell of 32 (input: BGR, 0 to 255)."""
    graph = Graph()
    blue = graph.node("Div", graph.channel("input", 0), graph.constant(255))
    pooled = graph.node("AveragePool", blue, kernel_shape=[32, 32], strides=[32, 32])
    graph.node("Reshape", pooled, graph.constant([1, 400, 1], np.int64), output="obj_32")
    sizes = {"cls": 1, "obj": 1, "bbox": 4, "kps": 10}
    values = {
        "cls": [1.0],
        "bbox": [0.5, 0.5, math.log(2), math.log(2)],
        "kps": [0.25, 0.25, 0.75, 0.25, 0.5, 0.5, 0.3, 0.8, 0.7, 0.8],
    }
    outputs: dict[str, list[str | int]] = {}
    for kind, size in sizes.items():
        for stride in (8, 16, 32):
            name, cells = f"{kind}_{stride}", (640 // stride) ** 2
            outputs[name] = [1, cells, size]
            if name == "obj_32":
                continue
            rows = np.zeros((1, cells, size))
            if stride == 32:
                rows[:] = values[kind]
            graph.node("Identity", graph.constant(rows), output=name)
    return graph.save(path, {"input": [1, 3, 640, 640]}, outputs)


def save_moderation(path: Path) -> Path:
    """Save a model that scores red as unsafe: logits are 0 and 5 times the mean red (-1 to 1)."""
    graph = Graph()
    red = graph.node("GlobalAveragePool", graph.channel("pixel_values", 0))
    unsafe = graph.node("Reshape", red, graph.constant([1, 1], np.int64))
    graph.node(
        "Mul",
        graph.node("Concat", unsafe, unsafe, axis=1),
        graph.constant([[0, 5]]),
        output="logits",
    )
    return graph.save(path, {"pixel_values": ["batch", 3, 224, 224]}, {"logits": ["batch", 2]})
