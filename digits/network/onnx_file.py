"""The layers in an ONNX file.

Imports the package onnx, which takes half a second to load: import this module when weights are asked for.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import onnx
from onnx import numpy_helper

from digits.network.config import ACTIVATIONS, ModelConfig
from digits.network.metadata import Layers


def read_layers(content: bytes, config: ModelConfig) -> Layers:
    """The layers of a network of the shape `config` in an ONNX file that onnxruntime reads.

    ValueError where the file holds any other network, or one that onnx_export did not write.
    """
    graph = onnx.load_model_from_string(content).graph
    operators = [node.op_type for node in graph.node]
    hidden = ["Gemm", ACTIVATIONS[config.activation].operator] * len(config.hidden)
    if operators != [*hidden, "Gemm", "LogSoftmax"]:
        raise ValueError(f"it computes {operators}")
    arrays = {item.name: numpy_helper.to_array(item) for item in graph.initializer}
    return [
        (
            _checked(arrays, f"layers.{number}.weight", (outputs, inputs)),
            _checked(arrays, f"layers.{number}.bias", (outputs,)),
        )
        for number, (inputs, outputs) in enumerate(pairwise(config.sizes))
    ]


def _checked(arrays: dict[str, np.ndarray], name: str, shape: tuple[int, ...]) -> np.ndarray:
    found = arrays.get(name)
    if found is None or found.shape != shape or found.dtype != np.float32:
        raise ValueError(f"no {name} of the shape {shape}")
    return found
