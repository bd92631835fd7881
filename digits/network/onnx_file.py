"""The layers in an ONNX file, read without the package onnx, which takes half a second to load.

An ONNX file is a message of protobuf: fields one after another, each a number and a value, which may be a
message itself. The numbers below are those of ONNX's own onnx.proto.
"""

from __future__ import annotations

from collections import defaultdict
from itertools import pairwise
from typing import Any

import numpy as np

from digits.network.config import ACTIVATIONS, ModelConfig
from digits.network.metadata import Layers

GRAPH = 7  # of a model
NODE, TENSOR = 1, 5  # of a graph
OPERATOR = 4  # of a node
SIZE, TYPE, NAME, VALUES = 1, 2, 8, 9  # of a tensor
FLOAT32 = 1  # a tensor's type
WHOLE, EIGHT_BYTES, LONG, FOUR_BYTES = 0, 1, 2, 5  # how a field's value is written

Fields = dict[int, list[Any]]  # the values of each number: bytes, or whole numbers


def read_layers(content: bytes, config: ModelConfig) -> Layers:
    """The layers of a network of the shape `config` in a file that onnxruntime can read.

    ValueError where the file holds any other network, or one that onnx_export did not write.
    """
    try:
        graph = _fields(_fields(content)[GRAPH][0])
        operators = [_fields(node)[OPERATOR][0].decode() for node in graph[NODE]]
        tensors = [_fields(tensor) for tensor in graph[TENSOR]]
        named = {tensor[NAME][0].decode(): tensor for tensor in tensors}
    except (IndexError, AttributeError, TypeError) as error:
        raise ValueError("a part is missing") from error
    hidden = ["Gemm", ACTIVATIONS[config.activation].operator] * len(config.hidden)
    if operators != [*hidden, "Gemm", "LogSoftmax"]:
        raise ValueError(f"it computes {operators}")
    return [
        (
            _read_array(named, f"layers.{number}.weight", (outputs, inputs)),
            _read_array(named, f"layers.{number}.bias", (outputs,)),
        )
        for number, (inputs, outputs) in enumerate(pairwise(config.sizes))
    ]


def _read_array(tensors: dict[str, Fields], name: str, shape: tuple[int, ...]) -> np.ndarray:
    tensor = tensors.get(name, {})
    if tensor.get(SIZE) != list(shape) or tensor.get(TYPE) != [FLOAT32] or VALUES not in tensor:
        raise ValueError(f"no {name} of the shape {shape}")
    return np.frombuffer(tensor[VALUES][0], "<f4").astype(np.float32).reshape(shape)


def _fields(message: bytes) -> Fields:
    """The fields of a message; ValueError or IndexError where it is none."""
    found: Fields = defaultdict(list)
    at = 0
    while at < len(message):
        tag, at = _read_whole(message, at)
        kind = tag & 7
        if kind == WHOLE:
            value, at = _read_whole(message, at)
            found[tag >> 3].append(value)
            continue
        if kind == LONG:
            size, at = _read_whole(message, at)
        elif kind in (EIGHT_BYTES, FOUR_BYTES):
            size = 8 if kind == EIGHT_BYTES else 4
        else:
            raise ValueError(f"a field of kind {kind}")
        found[tag >> 3].append(message[at : at + size])
        at += size
    return found


def _read_whole(message: bytes, at: int) -> tuple[int, int]:
    """A whole number, seven bits a byte, the lowest first; and where it ends."""
    value = shift = 0
    while message[at] & 128:
        value |= (message[at] & 127) << shift
        shift += 7
        at += 1
    return value | message[at] << shift, at + 1
