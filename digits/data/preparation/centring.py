"""The last steps of the preparation, shared by strokes and pictures: 20 pixels, centred in 28x28."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray


def keep_image(image: np.ndarray) -> Prepared:
    """An image that is MNIST-like already, with the box and the cut-out that its ink has."""
    rows, columns = np.flatnonzero(image.any(axis=1)), np.flatnonzero(image.any(axis=0))
    if not len(rows):
        return Prepared(None, np.zeros((1, 1), np.uint8), image)
    top, bottom, left, right = rows[0], rows[-1] + 1, columns[0], columns[-1] + 1
    box = (left / 28, top / 28, right / 28, bottom / 28)
    return Prepared(box, image[top:bottom, left:right], image)


SIDE = 28  # pixels of an MNIST image, each way
DIGIT = 20  # pixels of the digit's longer side
CENTRE = 15  # the centre of mass lands in (14, 15], as it does in MNIST

Ink = NDArray[np.float64]  # (h, w) in 0..1, background 0


@dataclass(frozen=True)
class Prepared:
    """What each step of the preparation made, for the network and for showing it."""

    box: tuple[float, float, float, float] | None  # left, top, right, bottom in 0..1 of the pad
    small: NDArray[np.uint8]  # (h, w), the longer side 20
    image: NDArray[np.uint8]  # (28, 28), ready for the network
    left_out: tuple[
        int, ...
    ] = ()  # places of strokes that were taps beside the drawing, first is 0


def to_pixels(images: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Turn images (N, 28, 28) or (28, 28) uint8 into the network's input (N, 784) in 0..1."""
    return images.reshape(-1, SIDE * SIDE).astype(np.float32) / np.float32(255)


def paste_centred(small: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Lay `small` (h, w) into (28, 28), by whole pixels, so that its centre of mass is MNIST's."""
    image = np.zeros((SIDE, SIDE), dtype=np.uint8)
    height, width = small.shape
    weights = small.astype(np.float64)
    total = weights.sum()
    row = (weights.sum(axis=1) @ (np.arange(height) + 0.5)) / total
    column = (weights.sum(axis=0) @ (np.arange(width) + 0.5)) / total
    # 1e-6: a centre that is exactly between two places must not fall to either by rounding noise.
    top = min(max(int(CENTRE - row + 1e-6), 0), SIDE - height)
    left = min(max(int(CENTRE - column + 1e-6), 0), SIDE - width)
    image[top : top + height, left : left + width] = small
    return image


def blank() -> Prepared:
    """A blank drawing: no box, nothing to show, an empty image."""
    return Prepared(None, np.zeros((1, 1), np.uint8), np.zeros((SIDE, SIDE), np.uint8))


def to_bytes(ink: Ink) -> NDArray[np.uint8]:
    return np.round(ink * 255).astype(np.uint8)


def as_box(box: Iterable[Any]) -> tuple[float, float, float, float]:
    left, top, right, bottom = (float(side) for side in box)
    return left, top, right, bottom
