"""What a network says of images when strokes are put together to digits, and of turned pictures."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from digits.data.preparation.centring import to_pixels
from digits.data.preparation.grouping import PictureJudge
from digits.network.backends import Backend
from digits.network.calibration import calibrated
from digits.network.looks import look_at

FEWEST = 2  # digits: of one alone, a 6 on its head is a 9
UNLIKELY = 0.2  # how sure of a digit the network is, where it is none: less says no more
EVIDENCE = 0.7  # log(2): all together twice as likely to be digits when they are turned
DOUBT = 0.2  # what digits leave at most, once they are upright: -log(sureness), on average
SPARED = 8  # one in so many pieces is left out of that: two digits that touch, a stain


@dataclass(frozen=True)
class _NetworkJudge:
    network: Backend

    def __call__(self, images: NDArray[np.uint8]) -> NDArray[np.floating]:
        log_probabilities = self.network.predict(to_pixels(images))
        sureness: NDArray[np.floating] = calibrated(
            log_probabilities, self.network.card.calibration
        ).max(1)
        return sureness

    def look(self, images: NDArray[np.uint8]) -> NDArray[np.floating]:
        return look_at(self.network, images)


def make_judge(network: Backend) -> PictureJudge:
    """A function that says how surely each image (n, 28, 28) uint8 is a digit: (n,) in 0..1.

    Two of one network are equal, so that a picture need not ask twice.
    """
    return _NetworkJudge(network)


def reads_only_turned(network: Backend, image: NDArray[np.uint8]) -> bool:
    """Whether a digit (28, 28) that is not read surely would be, turned by a quarter or a half."""
    threshold = network.card.calibration.threshold
    if threshold is None:
        return False
    turned = np.stack([np.rot90(image, times) for times in range(4)])
    sure = make_judge(network)(turned) >= threshold
    return bool(not sure[0] and sure[1:].any())


def lie_turned(network: Backend, images: NDArray[np.uint8]) -> bool:
    """Whether several digits of one picture (n, 28, 28) lie on their sides or heads, all the same way.

    Each may be surely another digit then, as a 6 is a 9. All together they are not: how sure of each the
    network is, as a log-probability, is summed for each quarter turn. Of a single digit it is never told,
    nor where pieces stay unlike any digit: those are letters, some of which look like digits when turned.
    """
    if len(images) < FEWEST:
        return False
    turned = np.concatenate([np.rot90(images, times, axes=(1, 2)) for times in range(4)])
    sureness = make_judge(network)(turned).reshape(4, len(images))
    evidence = np.log(np.maximum(sureness, UNLIKELY)).sum(axis=1)
    best = int(evidence.argmax())
    surest = np.sort(sureness[best])[len(images) // SPARED :]
    are_digits = -np.log(surest).mean() < DOUBT
    return bool(are_digits and evidence[best] - evidence[0] > EVIDENCE)
