"""The network as the bytes of an ONNX file, and the proof that onnxruntime reads it as torch does.

An MLP is a chain of four kinds of ONNX nodes, so the graph is put together here, node by node: that
takes milliseconds where torch's general exporter takes seconds, and the file holds nothing else.
`export` writes these bytes beside the weights; the page offers them for a visitor's own network.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper

from digits import __version__
from digits.atomic_files import check_writable, write_atomically
from digits.data.dataset import Digits
from digits.data.preparation.centring import to_pixels
from digits.errors import ExportError
from digits.network.backends import OnnxBackend
from digits.network.checkpoint import file_of, find_weights, load_weights
from digits.network.config import ACTIVATIONS, CLASSES, INPUTS
from digits.network.metadata import CARD_KEY, VERSION_KEY, Card, Layers, version_of
from digits.network.model import MLP
from digits.network.safetensors_file import to_safetensors

OPSET = 9  # the first whose files may keep weights apart from inputs; old runtimes read it, too
CHECKED_DIGITS = 10_000  # test digits that onnxruntime and torch must agree on
TOLERANCE = 1e-4  # how far two log-probabilities may differ: float32 sums taken in another order

INPUT_TEXT = (
    "pixels: (N, 784) float32 in 0..1, a 28x28 picture row by row, ink 1 on background 0. The digit's "
    "longer side is 20 pixels and its centre of mass lies in the middle of the picture, as in MNIST."
)


def export(weights: Path | str, digits: Digits) -> str:
    """Write x.onnx and x.safetensors beside x.pt; a sentence on how well ONNX and torch agree.

    Nothing is written before the ONNX file has proved to be the same network.

    Raises ExportError where the two differ on the test digits, WeightsError for files.
    """
    stem = find_weights(weights)
    path, out, plain = (file_of(stem, suffix) for suffix in (".pt", ".onnx", ".safetensors"))
    check_writable(out)
    check_writable(plain)
    model, card = load_weights(path)
    content = to_onnx(model, card)
    images = digits.test_images[:CHECKED_DIGITS]
    difference = check_against_torch(content, model, to_pixels(images))
    write_atomically(out, content)
    write_atomically(plain, to_safetensors(model.to_arrays(), card))
    return (
        f"{out} and {plain.name}: {len(content) / 1000:.0f} kB, same digit as torch on {len(images):,} of "
        f"{len(images):,}, largest difference {difference:.1e}"
    )


def to_onnx(model: MLP, card: Card) -> bytes:
    """The network as one ONNX file: `pixels` (N, 784) float32 -> `log_probabilities` (N, 10), any N.

    Its metadata says how to prepare the input, what the classes are, and holds the weights' card.
    """
    pixels = helper.make_tensor_value_info("pixels", TensorProto.FLOAT, ["N", INPUTS])
    output = helper.make_tensor_value_info("log_probabilities", TensorProto.FLOAT, ["N", CLASSES])
    layers = model.to_arrays()
    nodes, weights = _chain(layers, model.config.activation)
    graph = helper.make_graph(nodes, "digits", [pixels], [output], weights)
    opset = helper.make_opsetid("", max(OPSET, ACTIVATIONS[model.config.activation].opset))
    proto = helper.make_model(
        graph,
        opset_imports=[opset],
        producer_name="digits",
        producer_version=__version__,
        ir_version=helper.find_min_ir_version_for([opset], ignore_unknown=True),
    )
    texts = {"input": INPUT_TEXT, "classes": ",".join(map(str, range(CLASSES)))}
    facts = {CARD_KEY: card.to_json(), VERSION_KEY: version_of(layers, card)}
    helper.set_model_props(proto, texts | facts)
    onnx.checker.check_model(proto, full_check=True)
    content: bytes = proto.SerializeToString()
    return content


def _chain(layers: Layers, activation: str) -> tuple[list[onnx.NodeProto], list[onnx.TensorProto]]:
    """A Gemm (weights x inputs + bias) a layer, the activation between them, LogSoftmax at the end."""
    nodes, tensors, value = [], [], "pixels"
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
            nodes.append(helper.make_node(ACTIVATIONS[activation].operator, [sums], [value]))
    nodes.append(helper.make_node("LogSoftmax", [sums], ["log_probabilities"], axis=1))
    return nodes, tensors


def check_against_torch(content: bytes, model: MLP, pixels: np.ndarray) -> float:
    """Largest difference of log-probabilities on pixels (N, 784) float32.

    Raises ExportError where onnxruntime and torch read a picture as different digits or differ by
    more than TOLERANCE, times the largest log-probability where that is above 1.
    """
    network = OnnxBackend(content)
    network.layers()  # WeightsError where some are no numbers
    ours = network.predict(pixels)
    with torch.inference_mode():
        theirs = model(torch.from_numpy(pixels)).numpy()
    others = int((ours.argmax(axis=1) != theirs.argmax(axis=1)).sum())
    difference = float(np.abs(ours - theirs).max())
    if others or not difference <= TOLERANCE * max(1.0, float(np.abs(theirs).max())):
        raise ExportError("onnx_differs", others=others, count=len(pixels), difference=difference)
    return difference
