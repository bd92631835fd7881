"""What came of a run, for the page: what the network confuses, its worst mistakes, what it looks at."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from digits.evaluation.metrics import Score
from digits.network.metadata import Calibration, Layers
from digits.server.messages import BeforeAfter, GreyImage, Mistake, Note, pack

SHOWN_MISTAKES = 12
SHOWN_NODES = 32  # of the first layer
GUESSING = 0.2  # an accuracy below this is hardly more than guessing, which has 0.1
HIGH_RATE = 0.02  # Adam learns nothing in networks of this kind at rates well above this
FEW_STEPS = 200


@dataclass(frozen=True)
class Result:
    """A score as the page shows it."""

    accuracy: float
    confusion: list[list[int]]
    mistakes: list[Mistake]


def describe_score(score: Score, calibration: Calibration) -> Result:
    """What a network confuses on test digits, and where it was sure and wrong."""
    return Result(score.accuracy, score.confusion.tolist(), sure_mistakes(score, calibration))


def sure_mistakes(score: Score, calibration: Calibration) -> list[Mistake]:
    """The digits that the network was sure of and wrong about, the surest first."""
    said = score.probabilities.argmax(axis=1)
    sureness = score.probabilities.max(axis=1)
    sure = sureness >= (calibration.threshold or 0.0)
    wrong = np.flatnonzero((said != score.labels) & sure)
    worst = wrong[np.argsort(-sureness[wrong], kind="stable")][:SHOWN_MISTAKES]
    return [
        {
            "image": pack(score.images[place]),
            "label": int(score.labels[place]),
            "said": int(said[place]),
            "probability": min(0.9999, round(float(sureness[place]), 4)),
        }
        for place in worst
    ]


def why_nothing_learnt(accuracy: float, learning_rate: float, steps: int) -> Note | None:
    """The note that a run learnt nothing, and why; None where it learnt something."""
    if accuracy >= GUESSING:
        return None
    reason = (
        "learning_rate_high"
        if learning_rate > HIGH_RATE
        else "few_steps"
        if steps < FEW_STEPS
        else "unknown"
    )
    values = {"accuracy": accuracy, "reason": reason}
    return {
        "code": "nothing_learnt",
        "values": values | {"learning_rate": learning_rate, "steps": steps},
    }


def first_layers(before: Layers, after: Layers) -> BeforeAfter:
    """The first layer's weights before and after a run."""
    return {"before": weight_pictures(before[0][0]), "after": weight_pictures(after[0][0])}


def weight_pictures(weight: np.ndarray) -> list[GreyImage]:
    """The first layer's weights (nodes, 784) as pictures: 128 is 0, less is against, more is for.

    All nodes share one scale, set by all but the largest hundredth, so that they can be compared.
    """
    shown = np.nan_to_num(weight[:SHOWN_NODES])
    scale = max(float(np.quantile(np.abs(shown), 0.99)), 1e-9)
    grey = np.clip(128 + 127 * shown / scale, 1, 255).round().astype(np.uint8)
    return [pack(node.reshape(28, 28)) for node in grey]
