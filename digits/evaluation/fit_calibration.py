"""Honest probabilities, and the threshold below which the answer is "not sure".

A network that says 90 % should be right nine times in ten. One number, the temperature, makes up for
most of what is missing: it is fitted to digits whose answer is known (Guo et al., "On Calibration of
Modern Neural Networks", 2017). The threshold is then put where only a small, chosen share of real
digits falls below it. Both are kept in the weights' card and used by network/calibration.py.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from digits.network.calibration import calibrated
from digits.network.metadata import Calibration

# Shares of real digits that may lie below the threshold, for what is no digit.
TURNED_AWAY = 0.02  # leaves room to the 3 % promised
STRANGERS_TURNED_AWAY = 0.03  # of drawings by people whose hands were not learnt from
# Of MNIST's digits where such drawings are there, too: of its test set up to 0.5 % more were turned away.
MNIST_TURNED_AWAY = 0.018

COLDEST, HOTTEST = 0.1, 10.0

PRECISION = 1e-5  # of the temperature's logarithm

Scored = tuple[NDArray[np.float32], NDArray[np.integer]]  # log-probabilities (N, 10), labels (N,)


def calibrate(
    groups: Sequence[Scored], turned_away: float | Sequence[float] = TURNED_AWAY
) -> Calibration:
    """Fit temperature and threshold to groups of real digits, such as MNIST's and drawn ones.

    The temperature suits the first group; no group has more than `turned_away`, the same share or one of its
    own, below the threshold.
    """
    shares = [turned_away] * len(groups) if isinstance(turned_away, float) else turned_away
    temperature = fit_temperature(*groups[0])
    warm = Calibration(temperature=temperature)
    scores = [calibrated(log_probabilities, warm).max(axis=1) for log_probabilities, _ in groups]
    threshold = min(
        float(np.quantile(score, share)) for score, share in zip(scores, shares, strict=True)
    )
    return Calibration(temperature=round(temperature, 4), threshold=round(threshold, 4))


def fit_temperature(log_probabilities: NDArray[np.float32], labels: NDArray[np.integer]) -> float:
    """The temperature at which the right digits get the largest likelihood (golden-section search)."""
    low, high = np.log(COLDEST), np.log(HOTTEST)
    ratio = (np.sqrt(5) - 1) / 2
    left, right = high - ratio * (high - low), low + ratio * (high - low)
    left_loss, right_loss = (_loss(log_probabilities, labels, at) for at in (left, right))
    while high - low > PRECISION:
        if left_loss < right_loss:  # the best is not right of `right`
            high, right, right_loss = right, left, left_loss
            left = high - ratio * (high - low)
            left_loss = _loss(log_probabilities, labels, left)
        else:
            low, left, left_loss = left, right, right_loss
            right = low + ratio * (high - low)
            right_loss = _loss(log_probabilities, labels, right)
    return float(np.exp((low + high) / 2))


def _loss(
    log_probabilities: NDArray[np.float32], labels: NDArray[np.integer], log_temperature: float
) -> float:
    """Mean negative log-likelihood of the right digits at this temperature."""
    scaled = log_probabilities.astype(np.float64) / np.exp(log_temperature)
    largest = scaled.max(axis=1)
    total = largest + np.log(np.exp(scaled - largest[:, None]).sum(axis=1))
    return float((total - scaled[np.arange(len(labels)), labels]).mean())
