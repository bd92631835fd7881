"""A digit out of a picture is looked at three times: as it is, and turned a little to either side.

Paper seldom lies straight, and a stroke may be lost between paper and image. What reads differently when it
is turned by a few degrees was not clear: the mean of three looks is right more often than one look, and
where it is wrong it is seldom sure (docs/benchmarks.md). A drawing on the pad is looked at once.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from digits.data.preparation.centring import SIDE, to_pixels
from digits.network.backends import Backend
from digits.network.calibration import Answer, answer_of, calibrated, for_pictures

TURN = 7  # degrees, to either side


def answer_pictures(network: Backend, images: NDArray[np.uint8]) -> list[Answer]:
    """What the network says of digits out of pictures (n, 28, 28): the mean of three looks at each."""
    calibration = for_pictures(network.card.calibration)
    return [answer_of(mean, calibration) for mean in look_at(network, images)]


def look_at(network: Backend, images: NDArray[np.uint8]) -> NDArray[np.floating]:
    """The mean of three looks at images (n, 28, 28): probabilities (n, 10)."""
    pixels = to_pixels(images)
    looks = np.concatenate([pixels, turn(pixels, TURN), turn(pixels, -TURN)])
    probabilities = calibrated(network.predict(looks), network.card.calibration)
    means: NDArray[np.floating] = probabilities.reshape(3, len(pixels), -1).mean(axis=0)
    return means


def turn(pixels: NDArray[np.float32], degrees: float) -> NDArray[np.float32]:
    """Pixels (n, 784) turned clockwise about the middle, interpolated linearly; what comes in is 0."""
    places, shares = _sources(degrees)
    padded = np.pad(pixels, ((0, 0), (0, 1)))  # one more pixel, 0, stands for all outside
    turned: NDArray[np.float32] = (padded[:, places] * shares).sum(axis=2).astype(np.float32)
    return turned


@cache
def _sources(degrees: float) -> tuple[NDArray[np.int_], NDArray[np.float64]]:
    """Which four pixels each of the 784 comes from, 784 being outside, and their shares: each (784, 4)."""
    middle, angle = (SIDE - 1) / 2, np.deg2rad(degrees)
    y, x = (axis.ravel() - middle for axis in np.mgrid[:SIDE, :SIDE])
    column = middle + np.cos(angle) * x + np.sin(angle) * y
    row = middle - np.sin(angle) * x + np.cos(angle) * y
    places, shares = [], []
    for down in (0, 1):
        for right in (0, 1):
            r, c = np.floor(row).astype(int) + down, np.floor(column).astype(int) + right
            is_inside = (r >= 0) & (r < SIDE) & (c >= 0) & (c < SIDE)
            places.append(np.where(is_inside, r * SIDE + c, SIDE * SIDE))
            shares.append((1 - np.abs(row - r)) * (1 - np.abs(column - c)))
    return np.stack(places, axis=1), np.stack(shares, axis=1)
