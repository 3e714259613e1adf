"""EfficientNet-Lite2 as an ONNX graph, from PyTorch's names of the weights.

The architecture is that of EfficientNet-B0 without squeeze-and-excitation and with ReLU6, 1.1 times
as wide and 1.2 times as deep. Convolutions pad as TensorFlow's `SAME` does.
https://github.com/tensorflow/tpu/tree/master/models/official/efficientnet/lite
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sightline_local.recognition.conversion.graph import Graph
from sightline_local.recognition.conversion.torch_files import read_weights
from sightline_local.recognition.onnx_sessions import ModelError
from sightline_local.recognition.tags import INPUT_SIDE, VECTOR_SIZE
from sightline_local.recognition.taxonomy import IMAGENET_CLASSES

Weights = Mapping[str, NDArray[Any]]

#: The epsilon of every batch normalization.
EPSILON = 1e-3

#: Stride of the first block of each stage, and number of blocks per stage.
STAGES = ((1, 1), (2, 3), (2, 3), (2, 4), (1, 4), (2, 5), (1, 1))


def convert(path: Path) -> bytes:
    """Return the ONNX model of a weight file. Raises `ModelError`."""
    weights = read_weights(path)
    try:
        return _Network(weights).build()
    except (KeyError, IndexError, ValueError) as error:
        raise ModelError(f"{path.name} is not an EfficientNet-Lite2: {error}") from error


class _Network:
    def __init__(self, weights: Weights) -> None:
        self._weights = weights
        self._graph = Graph()

    def build(self) -> bytes:
        value = self._convolve("image", "_conv_stem", "_bn0", stride=2)
        for index, stride in enumerate(_strides()):
            value = self._add_block(value, f"_blocks.{index}", stride)
        value = self._convolve(value, "_conv_head", "_bn1")
        embedding = self._graph.node("Flatten", self._graph.node("GlobalAveragePool", value))
        classifier = self._weights["_fc.weight"]
        logits = self._graph.node(
            "Gemm",
            embedding,
            self._graph.constant(classifier),
            self._graph.constant(self._weights["_fc.bias"]),
            transB=1,
        )
        self._graph.node("Softmax", logits, output="probabilities", axis=1)
        projection = self._graph.constant(build_projection(classifier, VECTOR_SIZE))
        self._graph.node("MatMul", embedding, projection, output="vector")
        return self._graph.serialize(
            {"image": (1, 3, INPUT_SIDE, INPUT_SIDE)},
            {"probabilities": (1, IMAGENET_CLASSES), "vector": (1, VECTOR_SIZE)},
        )

    def _add_block(self, source: str, block: str, stride: int) -> str:
        """Add an inverted residual block: expand, convolve per channel, project."""
        value = source
        # The first block does not expand.
        if f"{block}._expand_conv.weight" in self._weights:
            value = self._convolve(value, f"{block}._expand_conv", f"{block}._bn0")
        value = self._convolve(value, f"{block}._depthwise_conv", f"{block}._bn1", stride=stride)
        value = self._convolve(value, f"{block}._project_conv", f"{block}._bn2", activate=False)
        entry = f"{block}._expand_conv.weight"
        keeps_channels = (
            entry in self._weights
            and self._weights[entry].shape[1]
            == self._weights[f"{block}._project_conv.weight"].shape[0]
        )
        if stride == 1 and keeps_channels:
            return self._graph.node("Add", value, source)
        return value

    def _convolve(
        self, source: str, name: str, normalization: str, stride: int = 1, activate: bool = True
    ) -> str:
        """Add a convolution, into which its batch normalization is folded, and ReLU6."""
        kernel = self._weights[f"{name}.weight"]
        gain, bias, mean, variance = (
            self._weights[f"{normalization}.{each}"].astype(np.float64)
            for each in ("weight", "bias", "running_mean", "running_var")
        )
        scale = gain / np.sqrt(variance + EPSILON)
        value = self._graph.node(
            "Conv",
            source,
            self._graph.constant((kernel * scale[:, None, None, None]).astype(np.float32)),
            self._graph.constant((bias - mean * scale).astype(np.float32)),
            kernel_shape=kernel.shape[2:],
            strides=[stride, stride],
            auto_pad="SAME_UPPER",
            group=len(kernel) if name.endswith("_depthwise_conv") else 1,
        )
        if not activate:
            return value
        low, high = (self._graph.constant(np.array(each, np.float32)) for each in (0, 6))
        return self._graph.node("Clip", value, low, high)


def _strides() -> list[int]:
    """Return the stride of each block."""
    return [stride if index == 0 else 1 for stride, blocks in STAGES for index in range(blocks)]


def build_projection(classifier: NDArray[Any], size: int) -> NDArray[np.float32]:
    """Return the projection of an embedding to `size` numbers, a column per number.

    The columns are the directions in which the weights of the classes differ most: the principal
    components of the classifier. They depend on the weights only, and each has the sign that makes
    its largest component positive.
    """
    weights = classifier.astype(np.float64)
    centered = weights - weights.mean(axis=0)
    # Eigenvalues are ascending.
    _, components = np.linalg.eigh(centered.T @ centered)
    components = components[:, : -size - 1 : -1]
    largest = np.abs(components).argmax(axis=0)
    signs = np.sign(components[largest, np.arange(size)])
    projection: NDArray[np.float32] = (components * signs).astype(np.float32)
    return projection
