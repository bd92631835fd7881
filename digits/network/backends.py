"""One predict() for two backends: onnxruntime (light, the page's default) and torch.

Neither package is needed for the other to run: each is imported by its own backend alone.
`load_backend()` chooses one; `answer()` turns what it returns into a digit, honest probabilities and
whether the network is sure that it is a digit at all.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Protocol

import numpy as np

from digits.atomic_files import reason_of
from digits.data.preparation.centring import to_pixels
from digits.errors import BackendError, WeightsError
from digits.network.checkpoint import WEIGHTS_DIR, file_of, find_weights, load_weights
from digits.network.config import CLASSES, INPUTS
from digits.network.metadata import (
    CARD_KEY,
    VERSION_KEY,
    Card,
    card_from_json,
    check_finite,
    version_of,
)
from digits.network.metadata import Layers as Layers

if TYPE_CHECKING:
    from digits.network.model import MLP

BACKENDS = ("onnx", "torch")
DEVICES = ("cpu", "cuda", "mps")
PACKAGES = {"onnx": "onnxruntime", "torch": "torch"}  # what each backend needs installed
ENDINGS = {"onnx": ".onnx", "torch": ".pt"}  # of the files that each backend reads

# onnxruntime's name for the hardware behind each device
PROVIDERS = {
    "cuda": "CUDAExecutionProvider",
    "mps": "CoreMLExecutionProvider",
    "cpu": "CPUExecutionProvider",
}

AT_ONCE = 2000  # images that predict_images turns into numbers at a time


class Backend(Protocol):
    """What the page needs of a network, whoever computes it."""

    name: str  # "onnx" or "torch"
    device: str  # "cpu", "cuda" or "mps"
    weights: str  # name of the weights: "sketch", "tutorial", ...
    card: Card

    @property
    def version(self) -> str:
        """Differs where two networks answer differently, whatever their names: version_of()."""
        ...

    def predict(self, pixels: np.ndarray) -> np.ndarray:
        """Pixels (N, 784) float32 in 0..1 -> log-probabilities (N, 10) float32."""
        ...

    def layers(self) -> Layers:
        """Every layer's weights and biases as float32 arrays, first layer first."""
        ...


class OnnxBackend:
    """An .onnx file, or the bytes of one, run by onnxruntime.

    `layers` raises WeightsError where the file holds another network than its card says.
    """

    name = "onnx"

    def __init__(self, source: Path | bytes, device: str = "cpu", weights: str = "") -> None:
        import onnxruntime

        self.device = device
        self.weights = weights or (source.stem if isinstance(source, Path) else "")
        self._where = where = source if isinstance(source, Path) else Path("the network")
        options = onnxruntime.SessionOptions()
        options.log_severity_level = 3  # errors only: the page reports them itself
        # A thread that spins while it waits would take a core from 40 other visitors.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        try:
            self._content = source.read_bytes() if isinstance(source, Path) else source
            self._session = onnxruntime.InferenceSession(
                self._content, options, providers=[PROVIDERS[device]]
            )
        except OSError as error:
            raise WeightsError("weights_unreadable", path=where, reason=reason_of(error)) from error
        except Exception as error:  # onnxruntime's errors share no narrower class
            raise WeightsError("onnx_damaged", path=where) from error
        if PROVIDERS[device] not in self._session.get_providers():
            self.device = "cpu"  # onnxruntime fell back to it, without a word
        metadata = self._session.get_modelmeta().custom_metadata_map
        if CARD_KEY not in metadata or not self._takes_digits():
            raise WeightsError("onnx_foreign", path=where)
        self.card = card_from_json(metadata[CARD_KEY], where)
        self._written_version = metadata.get(VERSION_KEY, "")

    def _takes_digits(self) -> bool:
        """Whether any number of images goes in, and ten numbers for each come out."""
        found = [
            (one.name, one.type, [size if isinstance(size, int) else "any" for size in one.shape])
            for one in (*self._session.get_inputs(), *self._session.get_outputs())
        ]
        pixels = ("pixels", "tensor(float)", ["any", INPUTS])
        return found == [pixels, ("log_probabilities", "tensor(float)", ["any", CLASSES])]

    @cached_property
    def version(self) -> str:
        # Written by export.py, since the package onnx, which reads weights, takes a while to load.
        return self._written_version or version_of(self.layers(), self.card)

    def predict(self, pixels: np.ndarray) -> np.ndarray:
        found: np.ndarray = self._session.run(["log_probabilities"], {"pixels": pixels})[0]
        return found

    def layers(self) -> Layers:
        from digits.network.onnx_file import read_layers

        try:
            layers = read_layers(self._content, self.card.config)
        except ValueError as error:
            raise WeightsError("onnx_foreign", path=self._where) from error
        check_finite(layers, self._where)
        return layers


class TorchBackend:
    """A network in torch: from a .pt file, or one that was just trained."""

    name = "torch"

    def __init__(self, model: MLP, card: Card, device: str = "cpu", weights: str = "") -> None:
        self.device = device
        self.weights = weights
        self.card = card
        self._model = model.to(device).eval()

    @cached_property
    def version(self) -> str:
        return version_of(self.layers(), self.card)

    def predict(self, pixels: np.ndarray) -> np.ndarray:
        import torch

        with torch.inference_mode():
            found: np.ndarray = self._model(torch.from_numpy(pixels).to(self.device)).cpu().numpy()
        return found

    def layers(self) -> Layers:
        return self._model.to_arrays()


def predict_images(network: Backend, images: np.ndarray) -> np.ndarray:
    """Log-probabilities (N, 10) of many images (N, 28, 28) uint8, a part at a time.

    As float32 all of MNIST's test images would take 31 MB, and as much again in every layer.
    """
    parts = np.array_split(images, len(images) // AT_ONCE + 1)
    return np.concatenate([network.predict(to_pixels(part)) for part in parts])


def devices_of(backend: str) -> list[str]:
    """The devices that a backend can use on this machine, the best first, "cpu" last."""
    if backend == "torch":
        import torch

        there = {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available()}
        return [name for name, present in there.items() if present] + ["cpu"]
    import onnxruntime

    providers = onnxruntime.get_available_providers()
    return [device for device, provider in PROVIDERS.items() if provider in providers]


Devices = Callable[[str], list[str]]  # of a backend; a page on borrowed hardware has its own


class Source(NamedTuple):
    """Exactly what to load: a set of weights, one backend and one device, nothing "auto" any more."""

    stem: Path
    backend: str
    device: str


def choose_source(
    weights: Path | str,
    backend: str = "auto",
    device: str = "auto",
    devices: Devices | None = None,
) -> Source:
    """What a name or path, a backend and a device mean here; WeightsError or BackendError if nothing."""
    stem = find_weights(weights)
    if backend == "auto":  # the first that is installed and has its file
        ready = (
            name
            for name in BACKENDS
            if is_installed(name) and file_of(stem, ENDINGS[name]).is_file()
        )
        backend = next(ready, "auto")
    backend = choose_backend(backend)
    return Source(stem, backend, choose_device(backend, device, devices))


def load_backend(
    weights: Path | str,
    backend: str = "auto",
    device: str = "auto",
    devices: Devices | None = None,
) -> Backend:
    """Load weights, by name ("sketch") or path (.pt, .onnx or neither), into a backend.

    `backend` "auto" is onnxruntime where it is installed and has its file, else torch; `device` "auto"
    is the best that backend has. WeightsError for the file, BackendError for what is not installed.
    """
    return load_source(choose_source(weights, backend, device, devices))


def load_source(source: Source) -> Backend:
    """Load exactly this."""
    path = file_of(source.stem, ENDINGS[source.backend])
    if not path.is_file():
        pt = file_of(source.stem, ENDINGS["torch"])
        command = f"python export.py {pt}" if pt.is_file() else f"python train.py --out {pt}"
        raise WeightsError("weights_missing", path=path, command=command)
    if source.backend == "onnx":
        network = OnnxBackend(path, source.device)
        if source.stem.parent != WEIGHTS_DIR:
            network.layers()  # a file from elsewhere may hold anything
        return network
    model, card = load_weights(path)
    return TorchBackend(model, card, source.device, weights=source.stem.name)


def choose_backend(backend: str = "auto") -> str:
    """ "onnx" or "torch"; BackendError says what to install when it is not there."""
    if backend == "auto":
        backend = next((name for name in BACKENDS if is_installed(name)), BACKENDS[0])
    if backend not in BACKENDS:
        raise BackendError("backend_unknown", backend=backend)
    if not is_installed(backend):
        raise BackendError("backend_missing", package=PACKAGES[backend])
    return backend


def is_installed(backend: str) -> bool:
    """Whether the package that a backend needs is there; looks without importing it."""
    return find_spec(PACKAGES[backend]) is not None


def choose_device(backend: str, device: str = "auto", devices: Devices | None = None) -> str:
    """The device to run on; BackendError names the ones there are when it is not among them."""
    present = (devices or devices_of)(backend)
    if device == "auto":
        return present[0]
    if device not in present:
        raise BackendError(
            "device_missing", device=device, package=PACKAGES[backend], devices=present
        )
    return device
