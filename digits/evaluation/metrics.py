"""Figures of how well a network reads: accuracy, confusion, calibration."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from digits.network.backends import Backend, predict_images
from digits.network.calibration import calibrated
from digits.network.config import CLASSES
from digits.network.metadata import Calibration

BINS = 15  # for the calibration error, as in the paper


def accuracy(predicted: NDArray[np.integer], labels: NDArray[np.integer]) -> float:
    """Share of predicted (N,) that are the labels (N,), 0..1."""
    return float((predicted == labels).mean())


def confusion_matrix(
    labels: NDArray[np.integer], predicted: NDArray[np.integer]
) -> NDArray[np.int64]:
    """Counts (10, 10): row, what it is; column, what was read."""
    counts = np.zeros((CLASSES, CLASSES), dtype=np.int64)
    np.add.at(counts, (labels, predicted), 1)
    return counts


def worst_mistakes(
    probabilities: NDArray[np.floating], labels: NDArray[np.integer], count: int
) -> NDArray[np.intp]:
    """Places (up to `count`,) of rows (N, 10) that were read wrong, the surest first."""
    wrong = np.flatnonzero(probabilities.argmax(axis=1) != labels)
    surest = np.argsort(-probabilities[wrong].max(axis=1), kind="stable")
    return wrong[surest][:count]


def calibration_error(
    probabilities: NDArray[np.float32], labels: NDArray[np.integer], bins: int = BINS
) -> float:
    """How far claimed and actual accuracy lie apart on average (expected calibration error)."""
    claimed = probabilities.max(axis=1)
    right = probabilities.argmax(axis=1) == labels
    places = np.minimum((claimed * bins).astype(int), bins - 1)
    gaps = np.bincount(places, weights=claimed - right, minlength=bins)
    return float(np.abs(gaps).sum() / len(labels))


def share_turned_away(probabilities: NDArray[np.float32], calibration: Calibration) -> float:
    """Share of rows of calibrated probabilities (N, 10) whose answer is "not sure"."""
    if calibration.threshold is None:
        return 0.0
    return float((probabilities.max(axis=1) < calibration.threshold).mean())


@dataclass(frozen=True, eq=False)
class Score:
    """How a network does on one set of labelled digits."""

    images: NDArray[np.uint8]  # (N, 28, 28)
    labels: NDArray[np.int64]  # (N,)
    probabilities: NDArray[np.float32]  # (N, 10), calibrated
    confusion: NDArray[np.int64]  # (10, 10): rows are what was drawn, columns what was read
    turned_away: float  # share whose answer is "not sure"
    calibration_error: float

    @property
    def accuracy(self) -> float:
        """Share read right, 0..1, whether sure or not."""
        return float(np.trace(self.confusion) / max(self.confusion.sum(), 1))

    @property
    def accuracy_per_digit(self) -> list[float]:
        """Share of each digit read right."""
        right = np.diag(self.confusion) / np.maximum(self.confusion.sum(axis=1), 1)
        return [float(share) for share in right]


def score(backend: Backend, images: NDArray[np.uint8], labels: NDArray[Any]) -> Score:
    """Score one set of images (N, 28, 28) uint8 with their labels (N,) 0..9."""
    labels = labels.astype(np.int64)
    probabilities = predict(backend, images)
    return Score(
        images,
        labels,
        probabilities,
        confusion_matrix(labels, probabilities.argmax(axis=1)),
        share_turned_away(probabilities, backend.card.calibration),
        calibration_error(probabilities, labels),
    )


def predict(backend: Backend, images: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Calibrated probabilities (N, 10) of images (N, 28, 28)."""
    return calibrated(predict_images(backend, images), backend.card.calibration)
