"""What came of a run, for the page: what the network confuses, its worst mistakes, what it looks at.

Arrays in, plain values for digits/outcome.js out. Next: digits/train_room.py sends them.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from digits.data.dataset import Digits
from digits.network.backends import Backend, Layers, predict_images
from digits.network.config import CLASSES
from digits.server.messages import pack

SHOWN_MISTAKES = 12
SHOWN_NODES = 32  # of the first layer


def describe_outcome(network: Backend, before: Layers, digits: Digits) -> dict[str, Any]:
    """Everything the page shows after a run."""
    log_probabilities = predict_images(network, digits.test_images)
    counts = confusion(log_probabilities, digits.test_labels)
    return {
        "accuracy": float(counts.trace() / counts.sum()),
        "confusion": counts.tolist(),
        "mistakes": mistakes(log_probabilities, digits),
        "nodes": {
            "before": weight_pictures(before[0][0]),
            "after": weight_pictures(network.layers()[0][0]),
        },
    }


def confusion(log_probabilities: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Counts (10, 10): row, what it is; column, what the network reads."""
    counts = np.zeros((CLASSES, CLASSES), np.int64)
    np.add.at(counts, (labels, log_probabilities.argmax(axis=1)), 1)
    return counts


def mistakes(log_probabilities: np.ndarray, digits: Digits) -> list[dict[str, Any]]:
    """The test digits that the network was surest of and wrong about, the surest first."""
    said = log_probabilities.argmax(axis=1)
    sureness = np.exp(log_probabilities.max(axis=1))
    wrong = np.flatnonzero(said != digits.test_labels)
    worst = wrong[np.argsort(-sureness[wrong], kind="stable")][:SHOWN_MISTAKES]
    return [
        {
            "image": pack(digits.test_images[place]),
            "label": int(digits.test_labels[place]),
            "said": int(said[place]),
            "probability": min(0.9999, round(float(sureness[place]), 4)),
        }
        for place in worst
    ]


def weight_pictures(weight: np.ndarray) -> list[dict[str, Any]]:
    """The first layer's weights (nodes, 784) as pictures: 128 is 0, less is against, more is for.

    All nodes share one scale, set by all but the largest hundredth, so that they can be compared.
    """
    shown = weight[:SHOWN_NODES]
    scale = max(float(np.quantile(np.abs(shown), 0.99)), 1e-9)
    grey = np.clip(128 + 127 * shown / scale, 1, 255).round().astype(np.uint8)
    return [pack(node.reshape(28, 28)) for node in grey]
