"""Images with labels, to train on and to test with."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, eq=False)
class Digits:
    """Images to train on and to test with; `note` says in one line what they are and why."""

    train_images: np.ndarray  # (N, 28, 28) uint8, ink 255 on background 0
    train_labels: np.ndarray  # (N,) uint8, 0..9
    test_images: np.ndarray
    test_labels: np.ndarray
    source: str  # "mnist", "bundled" or "own"
    note: str
