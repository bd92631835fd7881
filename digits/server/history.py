"""A run as the page shows it: the reports so far, as plain values for digits/run.js.

Next: digits/train_room.py, which sends them.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from digits.data.dataset import Digits
from digits.network.backends import Layers
from digits.server.messages import guess, pack
from digits.training.run import SHOWN_DIGITS, Order, Report

MOST_POINTS = 240  # of a curve: twice that many are thinned out


class Story:
    """A run as the page draws it, from its reports."""

    def __init__(self, order: Order, digits: Digits, drawing: np.ndarray | None) -> None:
        self.curve: list[list[float]] = []  # step, loss, quick accuracy
        self.epochs: list[dict[str, Any]] = []
        self.last: Report | None = None
        self.first_layers: Layers = []
        images = digits.test_images[:SHOWN_DIGITS]
        self._fixed = {
            "samples": [
                {"image": pack(image), "label": int(label)}
                for image, label in zip(images, digits.test_labels, strict=False)
            ],
            "drawing": pack(drawing) if drawing is not None else None,
            "tested": len(digits.test_labels),
            "trained": len(digits.train_labels),
            "source": digits.source,
            "sizes": list(order.recipe.model.sizes),
        }

    def add(self, report: Report) -> None:
        """One more report."""
        ends_epoch = report.epoch == len(self.epochs)
        self.first_layers = self.first_layers or report.layers
        if ends_epoch:
            self.epochs.append(
                {
                    "accuracy": report.test_accuracy,
                    "loss": report.loss,
                    "step": report.step,
                    "drawing": guess(report.drawing),
                }
            )
        # At the end of an epoch the loss is its mean; the curve shows the latest steps' instead.
        loss = self.curve[-1][1] if ends_epoch and self.curve else round(report.loss, 4)
        self.curve.append([report.step, loss, round(report.quick_accuracy, 4)])
        if len(self.curve) >= 2 * MOST_POINTS:
            self.curve = self.curve[::2]
        self.last = report

    def tell(self, state: str, **more: Any) -> dict[str, Any]:
        """What the page shows now."""
        last = self.last
        if last is None:
            return {"state": state, **more}
        speed = last.seconds / last.step if last.step else 0
        return {
            "state": state,
            "step": last.step,
            "steps": last.steps,
            "epoch": last.epoch,
            "epochs": last.epochs,
            "loss": last.loss,
            "accuracy": last.test_accuracy,
            "seconds": round(last.seconds, 2),
            "left": round(speed * (last.steps - last.step), 1) if last.step else None,
            "curve": self.curve,
            "past": self.epochs,
            "guesses": [guess(row) for row in last.guesses],
            "reading": guess(last.drawing),
            **self._fixed,
            **more,
        }
