"""Standardised pixels: a network learns in fewer steps from numbers that lie around 0.

The middle of the image is bright in nearly every digit. What all images share tells none of them apart,
yet every step of training pulls all weights of the first layer along with it. So each pixel's mean is
taken away and the rest divided by one spread (LeCun et al., "Efficient BackProp", 1998): `fast` then
needs two epochs instead of three. Only training sees such pixels. When it pauses, the first layer takes
mean and spread into its weights, so that the network reads plain pixels again and gives the same answers.

Where the processor multiplies 16-bit numbers (bfloat16) in hardware, these pixels are such numbers: its
products, which are most of the work in large batches, take half the time. Next: digits/training.py.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from digits.network.model import MLP

SPREAD = 0.3  # about the standard deviation of MNIST's pixels, which lie in 0..1: 0.308
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
    """Pixels as they are, from 0 to 1; nothing to begin and nothing to pause."""

    def pixels(self, images: Tensor) -> Tensor:
        """images (N, 784) uint8 -> what the network learns from, (N, 784) float32 or bfloat16."""
        return to_pixels(images)

    def begin(self) -> None:
        """From here on the network is given `pixels`."""

    def pause(self) -> None:
        """From here on the network is given plain pixels; its answers stay the same."""


class StandardPixels(PlainPixels):
    """Pixels minus their mean, divided by SPREAD; `model` changes in place between the two."""

    def __init__(self, model: MLP, images: Tensor) -> None:
        first = model.layers[0]
        assert isinstance(first, nn.Linear)
        self._first = first
        self._kind = torch.bfloat16 if has_short_products(images.device) else torch.float32
        self._mean_byte = images[:SAMPLE].float().mean(dim=0)
        self._mean = self._mean_byte / 255

    def pixels(self, images: Tensor) -> Tensor:
        # Subtracted as bytes, so that one product does what two divisions would.
        pixels = images.float().sub_(self._mean_byte).mul_(1 / (255 * SPREAD))
        return pixels.to(self._kind)

    @torch.no_grad()
    def begin(self) -> None:
        self._first.bias.add_(self._first.weight @ self._mean)
        self._first.weight.mul_(SPREAD)

    @torch.no_grad()
    def pause(self) -> None:
        self._first.weight.div_(SPREAD)
        self._first.bias.sub_(self._first.weight @ self._mean)
