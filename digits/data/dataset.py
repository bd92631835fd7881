"""Images with labels, to train on and to test with."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

MNIST_IMAGES = 60_000  # to train on; 10,000 more are there to test with
HELD_OUT = 1 / 30  # of the training images: 2,000 of MNIST's


@dataclass(frozen=True, eq=False)
class Digits:
    """Images to train on and to test with; `note` says in one line what they are and why."""

    train_images: np.ndarray  # (N, 28, 28) uint8, ink 255 on background 0
    train_labels: np.ndarray  # (N,) uint8, 0..9
    test_images: np.ndarray
    test_labels: np.ndarray
    source: str  # "mnist", "bundled" or "own"
    note: str


LabelledImages = tuple[NDArray[np.uint8], NDArray[np.uint8]]  # (N, 28, 28) and (N,)


def hold_out_last(digits: Digits, share: float) -> tuple[Digits, LabelledImages]:
    """As hold_out(), but the last ones of all: earlier weights have not learnt from these either."""
    first = len(digits.train_labels) - round(share * len(digits.train_labels))
    images, labels = digits.train_images, digits.train_labels
    kept = replace(digits, train_images=images[:first], train_labels=labels[:first])
    return kept, (images[first:], labels[first:])


def hold_out(digits: Digits, share: float = HELD_OUT) -> tuple[Digits, LabelledImages]:
    """The digits without a share of their training images, and those: not to learn from, but to
    choose or calibrate on. They are the last ones of each class, for a file may be sorted by class."""
    held = np.zeros(len(digits.train_labels), bool)
    for digit in np.unique(digits.train_labels):
        places = np.flatnonzero(digits.train_labels == digit)
        held[places[len(places) - round(share * len(places)) :]] = True
    kept = replace(
        digits, train_images=digits.train_images[~held], train_labels=digits.train_labels[~held]
    )
    return kept, (digits.train_images[held], digits.train_labels[held])
