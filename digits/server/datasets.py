"""The digits that all visitors train on, loaded once."""

from __future__ import annotations

import importlib
import threading
from pathlib import Path

from digits.data.dataset import Digits
from digits.data.mnist import load_digits
from digits.server.messages import Stock


class DatasetCache:
    """The digits, loaded when first wanted: 3 seconds and 60 MB that many pages never need."""

    def __init__(self, folder: Path | None) -> None:
        self.folder = folder
        self._digits: Digits | None = None
        self._lock = threading.Lock()

    def get(self) -> Digits:
        """The digits; DataError says why there are none."""
        with self._lock:
            if self._digits is None:
                self._digits = load_digits(self.folder)
            return self._digits

    def prepare(self) -> Stock:
        """Load them, and torch, before they are needed, and say what there is; DataError if nothing."""
        digits = self.get()
        importlib.import_module("digits.training.loop")
        return {
            "source": digits.source,
            "trained": len(digits.train_labels),
            "tested": len(digits.test_labels),
        }
