"""What a network says of images when strokes are put together to digits, and of turned pictures."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from digits.data.preparation.centring import to_pixels
from digits.data.preparation.grouping import Judge
from digits.network.backends import Backend
from digits.network.calibration import calibrated


def make_judge(network: Backend) -> Judge:
    """A function that says how surely each image (n, 28, 28) uint8 is a digit: (n,) in 0..1."""

    def judge(images: NDArray[np.uint8]) -> NDArray[np.floating]:
        log_probabilities = network.predict(to_pixels(images))
        sureness: NDArray[np.floating] = calibrated(
            log_probabilities, network.card.calibration
        ).max(1)
        return sureness

    return judge


def reads_only_turned(network: Backend, image: NDArray[np.uint8]) -> bool:
    """Whether a digit (28, 28) that is not read surely would be, turned by a quarter or a half."""
    threshold = network.card.calibration.threshold
    if threshold is None:
        return False
    turned = np.stack([np.rot90(image, times) for times in range(4)])
    sure = make_judge(network)(turned) >= threshold
    return bool(not sure[0] and sure[1:].any())
