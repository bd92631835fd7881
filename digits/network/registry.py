"""The networks that can be chosen, each loaded once per backend and device."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from pathlib import Path

from digits.errors import WeightsError
from digits.network.backends import Backend, load_backend
from digits.network.checkpoint import WEIGHTS_DIR

PREFERRED = ("sketch", "tutorial")  # which weights a page starts with, where they exist


@dataclass(frozen=True)
class Choice:
    """Who shall answer: a network's name, a backend and a device, "auto" for the best there is."""

    network: str
    backend: str = "auto"
    device: str = "auto"


class Networks:
    """The shipped weights, each loaded once per backend and device, when first asked for."""

    def __init__(self, default: Choice, folder: Path = WEIGHTS_DIR) -> None:
        self.default = default
        self._paths = list_weights(folder)
        given = Path(default.network)
        if given.parent != Path():  # --weights with a path: one more network, by its stem
            self._paths[given.stem] = given
            self.default = Choice(given.stem, default.backend, default.device)
        self._loaded: dict[Choice, Backend] = {}
        self._lock = threading.Lock()

    @property
    def names(self) -> list[str]:
        """The networks to choose from, the default one first."""
        rest = [name for name in self._paths if name != self.default.network]
        return [self.default.network, *rest]

    def has_loaded(self, choice: Choice) -> bool:
        """Whether `get` would return at once."""
        return choice in self._loaded

    def get(self, choice: Choice) -> Backend:
        """The network of `choice`; WeightsError or BackendError if there is none."""
        loaded = self._loaded.get(choice)
        if loaded is not None:
            return loaded
        if choice.network not in self._paths:
            raise WeightsError("weights_unknown", name=choice.network[:40])
        with self._lock:
            if choice not in self._loaded:
                path = self._paths[choice.network]
                self._loaded[choice] = load_backend(path, choice.backend, choice.device)
        return self._loaded[choice]


def list_weights(folder: Path = WEIGHTS_DIR) -> dict[str, Path]:
    """Every set of weights in `folder` by name, the preferred ones first."""
    stems = {path.stem for suffix in ("*.onnx", "*.pt") for path in folder.glob(suffix)}
    order = sorted(stems, key=lambda name: (name not in PREFERRED, name))
    return {name: folder / name for name in order}


YOURS = "yours"  # the name of a visitor's own network among the page's networks
