"""The network: 784 pixels in, three hidden layers of 64 nodes, ten log-probabilities out.

Every node is a weighted sum of the layer before it plus a bias, then ReLU. The last layer's ten sums
(the logits) become log-probabilities by log-softmax.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from digits.network.config import ACTIVATIONS, ModelConfig
from digits.network.metadata import Layers


def activation_function(name: str) -> Callable[[Tensor], Tensor]:
    """torch's function for one of ACTIVATIONS."""
    function: Callable[[Tensor], Tensor] = getattr(functional, ACTIVATIONS[name].function)
    return function


class MLP(nn.Module):
    """A multilayer perceptron; `seed` makes its first random weights repeatable."""

    def __init__(self, config: ModelConfig | None = None, seed: int | None = None) -> None:
        super().__init__()
        self.config = config or ModelConfig()
        self.layers = nn.ModuleList(nn.Linear(*sizes) for sizes in pairwise(self.config.sizes))
        self.activation = activation_function(self.config.activation)
        if seed is not None:
            self._draw_weights(torch.Generator().manual_seed(seed))

    def _draw_weights(self, generator: torch.Generator) -> None:
        # The range that nn.Linear itself uses, +-1/sqrt(inputs), drawn from a generator of our own:
        # torch's global one is shared by every visitor of the page.
        for layer in self.layers:
            assert isinstance(layer, nn.Linear)
            bound = layer.in_features**-0.5
            nn.init.uniform_(layer.weight, -bound, bound, generator=generator)
            nn.init.uniform_(layer.bias, -bound, bound, generator=generator)

    def logits(self, pixels: Tensor) -> Tensor:
        """Ten sums a picture, before softmax: pixels (N, 784) float32 in 0..1 -> (N, 10)."""
        hidden = pixels
        for layer in self.layers[:-1]:
            hidden = self.activation(layer(hidden))
        sums: Tensor = self.layers[-1](hidden)
        return sums

    def forward(self, pixels: Tensor) -> Tensor:
        """Log-probability of each digit: pixels (N, 784) float32 in 0..1 -> (N, 10)."""
        return functional.log_softmax(self.logits(pixels), dim=1)

    def to_arrays(self) -> Layers:
        """Copies of every layer's weights and biases as float32 arrays, first layer first."""

        def array(value: Tensor) -> np.ndarray:
            values: np.ndarray = value.detach().cpu().numpy()
            return values.copy()

        layers = (layer for layer in self.layers if isinstance(layer, nn.Linear))
        return [(array(layer.weight), array(layer.bias)) for layer in layers]


def from_layers(layers: Layers, config: ModelConfig) -> MLP:
    """A new network of the shape `config` with these weights and biases, first layer first."""
    model = MLP(config)
    with torch.no_grad():
        for layer, (weight, bias) in zip(model.layers, layers, strict=True):
            assert isinstance(layer, nn.Linear)
            layer.weight.copy_(torch.from_numpy(np.array(weight)))
            layer.bias.copy_(torch.from_numpy(np.array(bias)))
    return model
