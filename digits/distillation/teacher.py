"""The teacher: a convolutional network that reads better than the small one can learn to alone."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from digits.network.config import CLASSES


class Teacher(nn.Module):
    """A small convolutional network: 1 -> 16 -> 32 -> 48 channels, two layers on top."""

    def __init__(self, width: int = 16) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            *_convolution(1, width, 5, stride=2),
            *_convolution(width, 2 * width, 3),
            nn.MaxPool2d(2),
            *_convolution(2 * width, 3 * width, 3),
            nn.MaxPool2d(2, ceil_mode=True),
            nn.Flatten(),
            nn.Linear(3 * width * 16, 128),
            nn.ReLU(),
            nn.Linear(128, CLASSES),
        )

    def forward(self, pixels: Tensor) -> Tensor:
        """Pixels (N, 784) in 0..1 -> logits (N, 10)."""
        images = pixels.view(-1, 1, 28, 28).contiguous(memory_format=torch.channels_last)
        with torch.autocast(
            pixels.device.type, torch.bfloat16, enabled=_gains_from_16_bits(pixels)
        ):
            logits: Tensor = self.layers(images)
        return logits.float()


def _convolution(inputs: int, outputs: int, size: int, stride: int = 1) -> list[nn.Module]:
    convolution = nn.Conv2d(inputs, outputs, size, stride, padding=size // 2, bias=False)
    return [convolution, nn.BatchNorm2d(outputs), nn.ReLU()]


def _gains_from_16_bits(pixels: Tensor) -> bool:
    """Whether 16-bit products, exact enough to teach, are faster here: three times where a CPU has them.

    One without AVX-512 must act them out, at a tenth of the speed of 32 bits.
    """
    return pixels.device.type != "cpu" or "AVX512" in torch.backends.cpu.get_cpu_capability()
