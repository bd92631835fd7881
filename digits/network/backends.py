"""One predict() for two backends: onnxruntime (light, the page's default) and torch.

Neither package is needed for the other to run: each is imported by its own backend alone.
`load_backend()` chooses one; `answer()` turns what it returns into a digit, honest probabilities and
whether the network is sure that it is a digit at all. Next: app.py.
"""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from digits.data.preparation.image import to_pixels
from digits.errors import BackendError, WeightsError
from digits.files import reason_of
from digits.network.checkpoint import find_weights, load_weights
from digits.network.metadata import CARD_KEY, Card, card_from_json
from digits.page.zero_gpu import has_zero_gpu

if TYPE_CHECKING:
    from digits.network.model import MLP

BACKENDS = ("onnx", "torch")
DEVICES = ("cpu", "cuda", "mps")
PACKAGES = {"onnx": "onnxruntime", "torch": "torch"}  # what each backend needs installed

# onnxruntime's name for the hardware behind each device
PROVIDERS = {
    "cuda": "CUDAExecutionProvider",
    "mps": "CoreMLExecutionProvider",
    "cpu": "CPUExecutionProvider",
}

AT_ONCE = 2000  # images that predict_images turns into numbers at a time

Layers = list[tuple[np.ndarray, np.ndarray]]  # (outputs, inputs) weights and (outputs,) biases


class Backend(Protocol):
    """What the page needs of a network, whoever computes it."""

    name: str  # "onnx" or "torch"
    device: str  # "cpu", "cuda" or "mps"
    weights: str  # name of the weights: "sketch", "tutorial", ...
    card: Card

    def predict(self, pixels: np.ndarray) -> np.ndarray:
        """Pixels (N, 784) float32 in 0..1 -> log-probabilities (N, 10) float32."""
        ...

    def layers(self) -> Layers:
        """Every layer's weights and biases as float32 arrays, first layer first."""
        ...


class OnnxBackend:
    """An .onnx file, or the bytes of one, run by onnxruntime."""

    name = "onnx"

    def __init__(self, source: Path | bytes, device: str = "cpu", weights: str = "") -> None:
        import onnxruntime

        self.device = device
        self.weights = weights or (source.stem if isinstance(source, Path) else "")
        self._source = source
        where = source if isinstance(source, Path) else Path("the network")
        options = onnxruntime.SessionOptions()
        options.log_severity_level = 3  # errors only: the page reports them itself
        # A thread that spins while it waits would take a core from 40 other visitors.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        try:
            content = source.read_bytes() if isinstance(source, Path) else source
            self._session = onnxruntime.InferenceSession(
                content, options, providers=[PROVIDERS[device]]
            )
        except OSError as error:
            raise WeightsError("weights_unreadable", path=where, reason=reason_of(error)) from error
        except Exception as error:  # onnxruntime's errors share no narrower class
            raise WeightsError("onnx_damaged", path=where) from error
        if [value.name for value in self._session.get_inputs()] != ["pixels"]:
            raise WeightsError("onnx_foreign", path=where)
        metadata = self._session.get_modelmeta().custom_metadata_map
        self.card = card_from_json(metadata.get(CARD_KEY, ""), where)

    def predict(self, pixels: np.ndarray) -> np.ndarray:
        return self._session.run(["log_probabilities"], {"pixels": pixels})[0]

    def layers(self) -> Layers:
        import onnx
        from onnx import numpy_helper

        if isinstance(self._source, Path):
            graph = onnx.load(self._source).graph
        else:
            graph = onnx.load_from_string(self._source).graph
        arrays = {item.name: numpy_helper.to_array(item) for item in graph.initializer}
        count = len(self.card.config.sizes) - 1
        return [(arrays[f"layers.{i}.weight"], arrays[f"layers.{i}.bias"]) for i in range(count)]


class TorchBackend:
    """A network in torch: from a .pt file, or one that was just trained."""

    name = "torch"

    def __init__(self, model: MLP, card: Card, device: str = "cpu", weights: str = "") -> None:
        self.device = device
        self.weights = weights
        self.card = card
        self._model = model.to(device).eval()

    def predict(self, pixels: np.ndarray) -> np.ndarray:
        import torch

        with torch.inference_mode():
            return self._model(torch.from_numpy(pixels).to(self.device)).cpu().numpy()

    def layers(self) -> Layers:
        def array(tensor: Any) -> np.ndarray:
            return tensor.detach().cpu().numpy()

        return [(array(layer.weight), array(layer.bias)) for layer in self._model.layers]


def predict_images(network: Backend, images: np.ndarray) -> np.ndarray:
    """Log-probabilities (N, 10) of many images (N, 28, 28) uint8, a part at a time.

    As float32 all of MNIST's test images would take 31 MB, and as much again in every layer.
    """
    parts = np.array_split(images, len(images) // AT_ONCE + 1)
    return np.concatenate([network.predict(to_pixels(part)) for part in parts])


def load_backend(weights: Path | str, backend: str = "auto", device: str = "auto") -> Backend:
    """Load weights, by name ("sketch") or path (.pt, .onnx or neither), into a backend.

    `backend` "auto" is onnxruntime where it is installed, else torch; `device` "auto" is the best
    that backend has. Raises WeightsError for the file, BackendError for what is not installed.
    """
    path = find_weights(weights)
    backend = choose_backend(backend)
    device = choose_device(backend, device)
    if backend == "onnx":
        return OnnxBackend(_existing(path.with_suffix(".onnx"), "python export.py"), device)
    model, card = load_weights(_existing(path.with_suffix(".pt"), "python train.py"))
    return TorchBackend(model, card, device, weights=path.stem)


def _existing(path: Path, command: str) -> Path:
    if not path.is_file():
        raise WeightsError("weights_missing", path=path, command=command)
    return path


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


def choose_device(backend: str, device: str = "auto") -> str:
    """The device to run on; BackendError names the ones there are when it is not among them."""
    present = devices_of(backend)
    if device == "auto":
        return present[0]
    if device not in present:
        raise BackendError(
            "device_missing", device=device, package=PACKAGES[backend], devices=present
        )
    return device


def devices_of(backend: str) -> list[str]:
    """The devices that a backend can use on this machine, the best first, "cpu" last."""
    if has_zero_gpu():
        return ["cpu"]  # torch claims a GPU there, which only a decorated function really has
    if backend == "torch":
        import torch

        there = {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available()}
        return [name for name, present in there.items() if present] + ["cpu"]
    import onnxruntime

    providers = onnxruntime.get_available_providers()
    return [device for device, provider in PROVIDERS.items() if provider in providers]
