"""Standardised pixels: a network learns in fewer steps from numbers that lie around 0.

The middle of the image is bright in nearly every digit. What all images share tells none of them apart,
yet every step of training pulls all weights of the first layer along with it. So each pixel's mean is
taken away and the rest divided by one spread (LeCun et al., "Efficient BackProp", 1998): `fast` then
needs two epochs instead of three. Only training sees such pixels. What it hands out is a network for plain
pixels that gives the same answers: its first layer takes mean and spread into its weights.

Where the processor multiplies 16-bit numbers (bfloat16) in hardware, these pixels are such numbers: its
products, which are most of the work in large batches, take half the time.
"""

from __future__ import annotations

import copy

import torch
from torch import Tensor, nn

from digits.network.model import MLP
from digits.training.recipes import SPREAD

SAMPLE = 1000  # images that the mean is taken of


def to_pixels(images: Tensor) -> Tensor:
    """images (N, 784) uint8 -> pixels (N, 784) float32 in 0..1."""
    return images.float().div_(255)


def has_short_products(device: torch.device) -> bool:
    """Whether `device` is a processor that multiplies bfloat16 in hardware."""
    # torch 2.8 to 2.11 know it under this name only; where it is missing, float32 is right, too.
    known = getattr(torch.cpu, "_is_avx512_bf16_supported", None)
    return device.type == "cpu" and known is not None and bool(known())


class PlainPixels:
    """Pixels as they are, from 0 to 1: the network itself learns, so it is always up to date."""

    def __init__(self, model: MLP) -> None:
        self.learner = model

    def pixels(self, images: Tensor) -> Tensor:
        """images (N, 784) uint8 -> what the learner learns from, (N, 784) float32 or bfloat16."""
        return to_pixels(images)

    def hand_out(self) -> None:
        """Bring the network that `train` was given up to what its learner has learnt."""


class StandardPixels(PlainPixels):
    """Pixels minus their mean, divided by SPREAD, and a learner of its own for them.

    The learner's weights are the truth; `model` gets converted copies. So however often somebody looks
    at `model` meanwhile, no weight is rounded by it, and the run ends the same.
    """

    def __init__(self, model: MLP, images: Tensor) -> None:
        super().__init__(copy.deepcopy(model))
        self._model = model
        first = _first_layer(self.learner)
        exact = first.weight.dtype
        self._kind = torch.bfloat16 if has_short_products(images.device) else exact
        self._mean_byte = images[:SAMPLE].to(exact).mean(dim=0)
        self._mean = self._mean_byte / 255
        with torch.no_grad():
            first.bias.add_(first.weight @ self._mean)
            first.weight.mul_(SPREAD)

    def pixels(self, images: Tensor) -> Tensor:
        # Subtracted as bytes, so that one product does what two divisions would.
        pixels = images.to(self._mean_byte.dtype).sub_(self._mean_byte).mul_(1 / (255 * SPREAD))
        return pixels.to(self._kind)

    @torch.no_grad()
    def hand_out(self) -> None:
        pairs = zip(self._model.parameters(), self.learner.parameters(), strict=True)
        for shown, learnt in pairs:
            shown.copy_(learnt)
        first = _first_layer(self._model)
        first.weight.div_(SPREAD)
        first.bias.sub_(first.weight @ self._mean)


def _first_layer(model: MLP) -> nn.Linear:
    first = model.layers[0]
    assert isinstance(first, nn.Linear)
    return first
