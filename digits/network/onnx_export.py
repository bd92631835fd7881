"""The network as the bytes of an ONNX file, and the proof that onnxruntime reads it as torch does.

An MLP is a chain of four kinds of ONNX nodes, so the graph is put together here, node by node: that
takes milliseconds where torch's general exporter takes seconds, and the file holds nothing else.
export.py writes these bytes to weights/; the page offers them for a visitor's own network.
"""

from __future__ import annotations

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper

from digits.errors import ExportError
from digits.network.backends import OnnxBackend, TorchBackend
from digits.network.config import CLASSES, INPUTS
from digits.network.metadata import CARD_KEY, Card
from digits.network.model import MLP

OPSET = 20  # the first with Gelu; onnxruntime reads it since 1.17
IR_VERSION = 9  # the file format that came with opset 20
OPERATORS = {"relu": "Relu", "tanh": "Tanh", "sigmoid": "Sigmoid", "gelu": "Gelu"}
TOLERANCE = 1e-4  # how far two log-probabilities may differ: float32 sums taken in another order

INPUT_TEXT = (
    "pixels: (N, 784) float32 in 0..1, a 28x28 picture row by row, ink 1 on background 0. The digit's "
    "longer side is 20 pixels and its centre of mass lies in the middle of the picture, as in MNIST."
)


def to_onnx(model: MLP, card: Card) -> bytes:
    """The network as one ONNX file: `pixels` (N, 784) float32 -> `log_probabilities` (N, 10), any N.

    Its metadata says how to prepare the input, what the classes are, and holds the weights' card.
    """
    pixels = helper.make_tensor_value_info("pixels", TensorProto.FLOAT, ["N", INPUTS])
    output = helper.make_tensor_value_info("log_probabilities", TensorProto.FLOAT, ["N", CLASSES])
    nodes, weights = _chain(model, card)
    graph = helper.make_graph(nodes, "digits", [pixels], [output], weights)
    proto = helper.make_model(
        graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=IR_VERSION
    )
    texts = {"input": INPUT_TEXT, "classes": ",".join(map(str, range(CLASSES)))}
    helper.set_model_props(proto, {**texts, CARD_KEY: card.to_json()})
    onnx.checker.check_model(proto, full_check=True)
    return proto.SerializeToString()


def _chain(model: MLP, card: Card) -> tuple[list[onnx.NodeProto], list[onnx.TensorProto]]:
    """A Gemm (weights x inputs + bias) a layer, the activation between them, LogSoftmax at the end."""
    nodes, tensors, value = [], [], "pixels"
    layers = TorchBackend(model, card).layers()
    for number, (weight, bias) in enumerate(layers):
        names = [f"layers.{number}.weight", f"layers.{number}.bias"]
        tensors += [
            numpy_helper.from_array(weight, names[0]),
            numpy_helper.from_array(bias, names[1]),
        ]
        sums = f"sums.{number}"
        nodes.append(helper.make_node("Gemm", [value, *names], [sums], transB=1))
        if number < len(layers) - 1:
            value = f"hidden.{number}"
            nodes.append(helper.make_node(OPERATORS[model.config.activation], [sums], [value]))
    nodes.append(helper.make_node("LogSoftmax", [sums], ["log_probabilities"], axis=1))
    return nodes, tensors


def check_against_torch(content: bytes, model: MLP, pixels: np.ndarray) -> float:
    """Largest difference of log-probabilities on pixels (N, 784) float32.

    Raises ExportError where onnxruntime and torch read a picture as different digits or differ by
    more than TOLERANCE.
    """
    ours = OnnxBackend(content).predict(pixels)
    with torch.inference_mode():
        theirs = model(torch.from_numpy(pixels)).numpy()
    others = int((ours.argmax(axis=1) != theirs.argmax(axis=1)).sum())
    difference = float(np.abs(ours - theirs).max())
    if others or not difference <= TOLERANCE:
        raise ExportError("onnx_differs", others=others, count=len(pixels), difference=difference)
    return difference
