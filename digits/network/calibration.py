"""From log-probabilities to an answer whose probabilities can be believed."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from digits.network.metadata import Calibration

DOUBT_LEFT = 0.4  # of the doubt that an answer about a drawing may leave: docs/benchmarks.md


@dataclass(frozen=True, eq=False)
class Answer:
    """What the network says of one drawing."""

    label: int
    probabilities: np.ndarray  # (10,) float32, calibrated, sums to 1
    score: float  # how much like a digit it is: larger is more
    sure: bool  # False: below the weights' threshold, so perhaps no digit at all


def answer(log_probabilities: np.ndarray, calibration: Calibration) -> Answer:
    """What one row of ten log-probabilities says, with the weights' own calibration."""
    return answer_of(calibrated(log_probabilities, calibration), calibration)


def answer_of(probabilities: np.ndarray, calibration: Calibration) -> Answer:
    """What ten calibrated probabilities say."""
    score = float(probabilities.max())
    sure = calibration.threshold is None or score >= calibration.threshold
    return Answer(int(probabilities.argmax()), probabilities, score, sure)


def for_pictures(calibration: Calibration) -> Calibration:
    """The calibration with the threshold for a digit out of a picture, which is higher.

    It had to be found on paper and brought to MNIST's thickness first, and a stroke may be lost on the way.
    """
    if calibration.threshold is None:
        return calibration
    return replace(calibration, threshold=1 - DOUBT_LEFT * (1 - calibration.threshold))


def calibrated(log_probabilities: np.ndarray, calibration: Calibration) -> np.ndarray:
    """Probabilities whose size can be believed: softmax(log_probabilities / temperature), rows of 10.

    Dividing log-probabilities or logits by the temperature gives the same softmax (Guo et al.,
    "On Calibration of Modern Neural Networks", 2017).
    """
    scaled = log_probabilities / calibration.temperature
    powers = np.exp(scaled - scaled.max(axis=-1, keepdims=True))
    probabilities: np.ndarray = powers / powers.sum(axis=-1, keepdims=True)
    return probabilities
