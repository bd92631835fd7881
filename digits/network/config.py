"""The network's shape and the limits of its settings, without torch."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from digits.data.dataset import MNIST_IMAGES
from digits.errors import SettingsError

INPUTS = 784  # 28 x 28 pixels, row by row
CLASSES = 10  # the digits 0 to 9


@dataclass(frozen=True)
class Activation:
    """What follows each weighted sum, under the names that each part of this project needs."""

    title: str  # as people write it
    function: str  # in torch.nn.functional
    module: str  # in torch.nn
    operator: str  # in ONNX
    opset: int  # the first of ONNX's operator sets that has it as it is used here


# The slopes that backpropagation needs are in digits/training/backprop.py, by the same names.
ACTIVATIONS = {
    "relu": Activation("ReLU", "relu", "ReLU", "Relu", 6),
    "tanh": Activation("tanh", "tanh", "Tanh", "Tanh", 6),
    "sigmoid": Activation("sigmoid", "sigmoid", "Sigmoid", "Sigmoid", 6),
    "gelu": Activation("GELU", "gelu", "GELU", "Gelu", 20),
}

# setting -> (lowest, highest) that a flag, a slider or an API call may ask for
LIMITS: dict[str, tuple[float, float]] = {
    "epochs": (1, 10_000),
    "batch_size": (1, 10_000),
    "learning_rate": (1e-6, 1.0),
    "layers": (1, 6),
    "width": (1, 1024),
    "train_images": (10, MNIST_IMAGES),
    "seed": (0, 2**31 - 1),
}

COMMAND_LIMITS = {**LIMITS, "threads": (1, 1024)}  # what the command line alone may set

# Everybody on the page shares a few cores, so a visitor may ask for less than the command line may.
PAGE_LIMITS = {
    **LIMITS,
    "epochs": (1, 20),
    "batch_size": (1, 1000),
    "learning_rate": (1e-5, 0.5),
    "layers": (1, 5),
    "width": (4, 256),
}

HUGE = 1e300  # integers far above it are no floats any more

Limits = Mapping[str, tuple[float, float]]


@dataclass(frozen=True)
class ModelConfig:
    """Shape of the network: 784 inputs, `hidden` layer sizes, 10 outputs; one activation throughout."""

    hidden: tuple[int, ...] = (64, 64, 64)
    activation: str = "relu"

    @property
    def sizes(self) -> tuple[int, ...]:
        """Every layer's width, input and output included: (784, 64, 64, 64, 10)."""
        return (INPUTS, *self.hidden, CLASSES)

    @property
    def parameters(self) -> int:
        """How many numbers are learnt: for each layer, inputs x outputs weights and one bias an output."""
        pairs = zip(self.sizes[:-1], self.sizes[1:], strict=True)
        return sum(inputs * outputs + outputs for inputs, outputs in pairs)


def check_limit(name: str, value: float, limits: Limits = LIMITS) -> None:
    """Raise SettingsError unless `value` lies within limits[name]."""
    low, high = limits[name]
    if not low <= value <= high:
        value = math.inf if value > HUGE else -math.inf if value < -HUGE else value
        raise SettingsError("setting_limit", setting=name, low=low, high=high, value=value)


def check_model(config: ModelConfig, limits: Limits = LIMITS) -> None:
    """Raise SettingsError for the first part of the network's shape that is outside its limits."""
    check_limit("layers", len(config.hidden), limits)
    for width in config.hidden:
        check_limit("width", width, limits)
    if config.activation not in ACTIVATIONS:
        known = ", ".join(ACTIVATIONS)
        raise SettingsError("activation_unknown", known=known, value=config.activation)
