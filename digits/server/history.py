"""A run as the page shows it: the reports so far, as one message."""

from __future__ import annotations

import math

import numpy as np

from digits.data.dataset import Digits
from digits.network.metadata import Layers
from digits.server.messages import Epoch, Note, RunMessage, RunState, Sample, Start, pack, reading
from digits.training.page_run import SHOWN_DIGITS, RunReport, RunSettings

MOST_POINTS = 240  # of a curve: twice that many are thinned out
SOONEST = 1.0  # s of training before anybody can say how long it takes


class RunHistory:
    """What is told of a run, from its reports.

    Args:
        settings: what it does.
        digits: what is trained on and tested with.
        drawing: (28, 28) uint8, the visitor's own, read again in every report.
        available: how many digits there are to train on, of which the run may use fewer.
        start: what the run began with.
        notes: what the visitor should know of it from the beginning.
    """

    def __init__(
        self,
        settings: RunSettings,
        digits: Digits,
        drawing: np.ndarray | None = None,
        *,
        available: int = 0,
        start: Start | None = None,
        notes: list[Note] | None = None,
    ) -> None:
        self.curve: list[list[float | None]] = []  # step, loss, quick accuracy, training accuracy
        self.epochs: list[Epoch] = []
        self.last: RunReport | None = None
        self.first_layers: Layers = []
        self.notes = notes or []
        self._began: float | None = None  # seconds of the run at its first step
        images = digits.test_images[:SHOWN_DIGITS]
        samples: list[Sample] = [
            {"image": pack(image), "label": int(label)}
            for image, label in zip(images, digits.test_labels, strict=False)
        ]
        self._fixed: RunMessage = {
            "samples": samples,
            "drawing": pack(drawing) if drawing is not None else None,
            "tested": len(digits.test_labels),
            "trained": len(digits.train_labels),
            "available": available or len(digits.train_labels),
            "source": digits.source,
            "sizes": list(settings.recipe.model.sizes),
            "activation": settings.recipe.model.activation,
            "batch_size": settings.recipe.batch_size,
            "learning_rate": settings.recipe.learning_rate,
            "seed": settings.seed,
            "start": start or {"network": None, "name": None},
        }

    def add(self, report: RunReport) -> None:
        """One more report."""
        self.first_layers = self.first_layers or report.layers
        self._began = report.seconds if self._began is None else self._began
        if report.epoch == len(self.epochs):
            self.epochs.append(
                {
                    "step": report.step,
                    "accuracy": report.test_accuracy,
                    "loss": finite(report.loss),
                    "drawing": None if report.drawing is None else reading(report.drawing),
                }
            )
        point = [finite(report.recent_loss), report.quick_accuracy, report.train_accuracy]
        rounded = [None if value is None else round(value, 4) for value in point]
        self.curve.append([report.step, *rounded])
        if len(self.curve) >= 2 * MOST_POINTS:
            self.curve = [*self.curve[:-1:2], self.curve[-1]]  # the newest stays, as in core/run.js
        self.last = report

    def seconds_left(self) -> float | None:
        """About how many seconds the run still takes; None where it is too early to say."""
        last = self.last
        if last is None or self._began is None or last.step == 0:
            return None
        taken = last.seconds - self._began
        return taken / last.step * (last.steps - last.step) if taken >= SOONEST else None

    def tell(self, state: RunState) -> RunMessage:
        """What the page shows now."""
        last = self.last
        if last is None:
            return {"state": state, "notes": self.notes}
        left = self.seconds_left()
        return {
            **self._fixed,
            "state": state,
            "step": last.step,
            "steps": last.steps,
            "epoch": last.epoch,
            "epochs": last.epochs,
            "loss": finite(last.recent_loss),
            "accuracy": last.test_accuracy,
            "quick_accuracy": last.quick_accuracy,
            "quick_tested": last.quick_tested,
            "train_accuracy": last.train_accuracy,
            "train_tested": last.train_tested,
            "seconds": round(last.seconds, 2),
            "left": None if left is None else round(left, 1),
            "curve": self.curve,
            "past": self.epochs,
            "guesses": [reading(row) for row in last.guesses],
            "reading": None if last.drawing is None else reading(last.drawing),
            "notes": self.notes,
        }


def finite(value: float) -> float | None:
    """A number that JSON has, too; None for infinity and what is no number."""
    return value if math.isfinite(value) else None
