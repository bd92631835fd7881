"""The digits that all visitors train on, loaded once."""

from __future__ import annotations

import importlib
import threading
from pathlib import Path

from digits.data.dataset import Digits
from digits.data.mnist import DATA_DIR, is_there, load_digits
from digits.server.messages import Stock
from digits.server.worker_threads import in_thread, make_workers


class DatasetCache:
    """The digits, loaded when first wanted: 3 seconds and 60 MB that many pages never need."""

    def __init__(self, folder: Path | None) -> None:
        self.folder = folder
        self._digits: Digits | None = None
        self._fell_back = False  # on the bundled digits, for want of MNIST
        self._lock = threading.Lock()
        self._loader = make_workers(1)

    def get(self) -> Digits:
        """The digits, MNIST as soon as it is there; DataError says why there are none."""
        with self._lock:
            if self._digits is None or (self._fell_back and is_there(DATA_DIR)):
                self._digits = load_digits(self.folder)
                self._fell_back = self._digits.source == "bundled"
            return self._digits

    async def fetch(self) -> Digits:
        """get() by a thread of its own, the same for all who wait: a download may take minutes to fail.

        The threads that answer the page are few, and a class opens Train at once.
        """
        return await in_thread(self._loader, self.get)

    async def prepare(self) -> Stock:
        """Load them, and torch, before they are needed, and say what there is; DataError if nothing."""
        digits = await self.fetch()
        await in_thread(self._loader, importlib.import_module, "digits.training.loop")
        return {
            "source": digits.source,
            "trained": len(digits.train_labels),
            "tested": len(digits.test_labels),
        }
