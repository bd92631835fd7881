"""Backpropagation written out: how much each weight is to blame for the loss.

autograd's `loss.backward()` finds the same gradients for any network; a test compares them. For a chain of
layers it takes the few lines of `Backprop.gradients_of`, and in batches of 15 they take a third of the time:
what autograd spends around each small matrix product is more than the product itself.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Tensor

from digits.network.model import MLP, activation_function


class Layer(NamedTuple):
    """One layer's weights (outputs, inputs) and biases (outputs,), and the gradient of the loss by each."""

    weight: Tensor
    bias: Tensor
    weight_gradient: Tensor
    bias_gradient: Tensor


class Backprop:
    """A network whose weights lie in one long row, and their gradients in a second one.

    The network's own weights become views into the row, so what changes here changes there, and an
    optimiser can take its step on all layers at once.
    """

    def __init__(self, model: MLP) -> None:
        self.weights = torch.nn.utils.parameters_to_vector(model.parameters()).detach()
        self.gradients = torch.zeros_like(self.weights)
        torch.nn.utils.vector_to_parameters(self.weights, model.parameters())
        self.layers = _cut_into_layers(model, self.weights, self.gradients)
        self._activation = activation_function(model.config.activation)
        self._slope = SLOPES[model.config.activation]

    def gradients_of(self, pixels: Tensor, targets: Tensor) -> Tensor:
        """Fill `gradients` with those of a batch's mean loss, which is returned.

        pixels (N, 784) float32 in 0..1 (or bfloat16, see standardization.py); targets (N, 10) float32, the
        probabilities the network should have given: 1 for the right digit, 0 for the others.
        """
        layers, activation, slope = self.layers, self._activation, self._slope

        # Forwards, keeping what every layer was given and what it summed up.
        inputs: list[Tensor] = [pixels]
        sums: list[Tensor] = []
        for number, layer in enumerate(layers):
            if number:
                inputs.append(activation(sums[-1]))
            sums.append(_sums(layer, inputs[-1]))
        log_probabilities = _log_softmax(sums[-1])
        loss = torch.dot(targets.flatten(), log_probabilities.flatten()) / -len(pixels)

        # Backwards. `errors` is the gradient of the loss by a layer's sums; for log-softmax and nll
        # together it is simply how far each probability is from its target.
        errors = (log_probabilities.exp_() - targets).div_(len(pixels))
        for number, layer in reversed(list(enumerate(layers))):
            # A weight is to blame as far as its input was on while the sum it feeds was wrong.
            _blame_weights(layer, errors, inputs[number])
            torch.sum(errors, 0, out=layer.bias_gradient)
            if number:
                # Each node of the layer before takes its share of the blame, through its weights
                # and through the slope of its activation.
                errors = (errors @ layer.weight).mul_(slope(sums[number - 1], inputs[number]))
        return loss


def _log_softmax(sums: Tensor) -> Tensor:
    """Log-probabilities (N, 10) of the last layer's sums (N, 10)."""
    if len(sums) < 100:
        return torch.log_softmax(sums, dim=1)
    # torch takes short rows one by one, but many columns at once; for few, turning costs more.
    return torch.log_softmax(sums.t(), dim=0).t().contiguous()


def _sums(layer: Layer, inputs: Tensor) -> Tensor:
    """inputs (N, inputs) -> the layer's weighted sums (N, outputs) float32."""
    if inputs.dtype == layer.weight.dtype:
        return torch.addmm(layer.bias, inputs, layer.weight.t())
    return (inputs @ layer.weight.t().to(inputs.dtype)).float().add_(layer.bias)


def _blame_weights(layer: Layer, errors: Tensor, inputs: Tensor) -> None:
    """Fill the gradient by the layer's weights from errors (N, outputs) and inputs (N, inputs)."""
    if inputs.dtype == errors.dtype:
        torch.mm(errors.t(), inputs, out=layer.weight_gradient)
    else:
        layer.weight_gradient.copy_(errors.t().to(inputs.dtype) @ inputs)


def _cut_into_layers(model: MLP, weights: Tensor, gradients: Tensor) -> list[Layer]:
    shapes = [value.shape for value in model.parameters()]  # weight, bias, weight, bias, ...
    sizes = [shape.numel() for shape in shapes]
    values, slopes = (
        [part.view(shape) for part, shape in zip(row.split(sizes), shapes, strict=True)]
        for row in (weights, gradients)
    )
    return [
        Layer(values[i], values[i + 1], slopes[i], slopes[i + 1]) for i in range(0, len(shapes), 2)
    ]


def _gelu_slope(sums: Tensor, outputs: Tensor) -> Tensor:
    # gelu(x) = x * P(x), where P is the share of a normal distribution below x and p its density.
    share = (1 + torch.erf(sums / math.sqrt(2))) / 2
    density = torch.exp(-sums * sums / 2) / math.sqrt(2 * math.pi)
    return share + sums * density


# How steep each activation is, from the sums that went in and the outputs that came out.
SLOPES: dict[str, Callable[[Tensor, Tensor], Tensor]] = {
    "relu": lambda sums, outputs: outputs.sign(),  # 1 where the sum passed, 0 where it was cut off
    "tanh": lambda sums, outputs: 1 - outputs * outputs,
    "sigmoid": lambda sums, outputs: outputs * (1 - outputs),
    "gelu": _gelu_slope,
}
