"""The networks that can be chosen, each loaded once per backend and device."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from pathlib import Path

from digits.errors import WeightsError
from digits.network.backends import (
    Backend,
    Devices,
    Source,
    choose_source,
    devices_of,
    load_source,
)
from digits.network.checkpoint import WEIGHTS_DIR, find_weights

PREFERRED = ("sketch", "tutorial")  # which weights a page starts with, where they exist


@dataclass(frozen=True)
class Choice:
    """Who shall answer: a network's name, a backend and a device, "auto" for the best there is."""

    network: str
    backend: str = "auto"
    device: str = "auto"


class Networks:
    """The shipped weights, each loaded once per backend and device, when first asked for."""

    def __init__(
        self, default: Choice, folder: Path = WEIGHTS_DIR, devices: Devices | None = None
    ) -> None:
        """`devices` says which a backend may use, best first; left out, all that the machine has."""
        self.devices = devices or devices_of
        self._paths = list_weights(folder)
        name = default.network
        if name not in self._paths:  # --weights with a path: one more network, by its stem
            path = find_weights(name)
            name = path.name
            if is_own(name):
                raise WeightsError("name_yours", name=name)
            self._paths[name] = path
        self.default = Choice(name, default.backend, default.device)
        self._sources: dict[Choice, Source] = {}  # "auto" and what it means are one network
        self._loaded: dict[Source, Backend] = {}
        self._lock = threading.Lock()

    @property
    def names(self) -> list[str]:
        """The networks to choose from, the default one first."""
        rest = [name for name in self._paths if name != self.default.network]
        return [self.default.network, *rest]

    def path(self, name: str) -> Path:
        """Where the network of that name lies, without an ending."""
        return self._paths[name]

    def has_loaded(self, choice: Choice) -> bool:
        """Whether `get` would return at once."""
        return choice in self._sources

    def get(self, choice: Choice) -> Backend:
        """The network of `choice`; WeightsError or BackendError if there is none."""
        source = self._sources.get(choice)
        if source is not None:
            return self._loaded[source]
        if choice.network not in self._paths:
            raise WeightsError("weights_unknown", name=choice.network[:40])
        with self._lock:
            path = self._paths[choice.network]
            source = choose_source(path, choice.backend, choice.device, self.devices)
            if source not in self._loaded:
                self._loaded[source] = load_source(source)
            self._sources[choice] = source
        return self._loaded[source]


def list_weights(folder: Path = WEIGHTS_DIR) -> dict[str, Path]:
    """Every set of weights in `folder` by name, the preferred ones first."""
    stems = {path.stem for suffix in ("*.onnx", "*.pt") for path in folder.glob(suffix)}
    shipped = [name for name in stems if not is_own(name)]
    order = sorted(shipped, key=lambda name: (name not in PREFERRED, name))
    return {name: folder / name for name in order}


YOURS = "yours"  # the name of a visitor's own network among the page's networks


def is_own(network: str) -> bool:
    """Whether an id is one of a session's own networks: "yours", the newest, or "yours-1", ..."""
    return network == YOURS or network.startswith(f"{YOURS}-")
