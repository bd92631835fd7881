"""The little network while it learns from the teacher: each layer's sums are batch-normalised.

A node whose sums drift below zero for every image is silent for good and learns no more; so do some of 192
in a long run. With its sums brought to a mean and a spread of their own, learnt with the weights, it stays
alive, and longer steps do no harm (Ioffe and Szegedy, "Batch Normalization", 2015). At the end that is
folded into the weights and biases: the network that ships is as small and as plain as any other.
"""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import Tensor, nn

from digits.network.model import MLP


class BatchNormalisedMLP(nn.Module):
    """`model` with batch normalisation between each hidden layer's sums and its activation."""

    def __init__(self, model: MLP) -> None:
        super().__init__()
        self.model = model
        self.norms = nn.ModuleList(nn.BatchNorm1d(width) for width in model.config.hidden)

    def forward(self, pixels: Tensor) -> Tensor:
        """Pixels (N, 784) in 0..1 -> logits (N, 10)."""
        hidden = pixels
        for layer, norm in self._hidden_layers():
            hidden = self.model.activation(norm(layer(hidden)))
        logits: Tensor = self.model.layers[-1](hidden)
        return logits

    @torch.no_grad()
    def settle(self, pixels: Tensor) -> None:
        """Begin with the sums that weights learnt earlier give for `pixels` (N, 784).

        Each sum's mean and spread are set as this layer's own, too, so that at first nothing changes.
        """
        hidden = pixels.to(next(self.parameters()).device)
        for layer, norm in self._hidden_layers():
            assert norm.running_mean is not None and norm.running_var is not None
            sums = layer(hidden)
            norm.running_mean.copy_(sums.mean(dim=0))
            norm.running_var.copy_(sums.var(dim=0))
            norm.weight.copy_((norm.running_var + norm.eps).sqrt())
            norm.bias.copy_(norm.running_mean)
            hidden = self.model.activation(sums)

    @torch.no_grad()
    def fold(self) -> MLP:
        """The plain network that gives the logits that this one gives in evaluation.

        It is `model`, changed in place; this one is of no use afterwards. With running mean m and
        variance v, scale g and shift s, g (Wx + b - m) / sqrt(v + eps) + s is a layer whose weights are
        W g / sqrt(v + eps) and whose biases are (b - m) g / sqrt(v + eps) + s.
        """
        for layer, norm in self._hidden_layers():
            assert norm.running_mean is not None and norm.running_var is not None
            scale = norm.weight / (norm.running_var + norm.eps).sqrt()
            layer.weight.mul_(scale[:, None])
            layer.bias.sub_(norm.running_mean).mul_(scale).add_(norm.bias)
        return self.model

    def _hidden_layers(self) -> Iterator[tuple[nn.Linear, nn.BatchNorm1d]]:
        for layer, norm in zip(self.model.layers, self.norms, strict=False):
            assert isinstance(layer, nn.Linear) and isinstance(norm, nn.BatchNorm1d)
            yield layer, norm
