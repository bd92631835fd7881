"""Answer a drawing: strokes, a picture or 28x28 pixels in, everything the page shows of it out.

The pad asks `Reader.read` about 30 times a second while somebody draws. Each call carries the whole
drawing and the visitor's choices, so the server keeps nothing between calls and a restart loses nothing.
What arrives here came from a browser: it is checked, and what is wrong with it comes back as one clear
sentence in the visitor's language. Next: digits/words.py says it in words; digits/road.py is the way that
digits/pad.js asks.
"""

from __future__ import annotations

import base64
import binascii
import io
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from digits.checkpoint import WEIGHTS_DIR, WeightsError
from digits.inference import (
    BACKENDS,
    PACKAGES,
    Answer,
    Backend,
    BackendError,
    answer,
    devices_of,
    is_installed,
    load_backend,
)
from digits.sketch import (
    Prepared,
    SketchError,
    Strokes,
    check_strokes,
    prepare_picture,
    prepare_strokes,
    shrink_strokes,
    to_pixels,
)
from digits.texts import choose_language, text
from digits.visit import YOURS, Visits
from digits.words import describe, describe_blank, percent

MAX_PICTURE_BYTES = 4_000_000  # the page sends at most 560 x 560 pixels as PNG, far below this
MAX_PICTURE_PIXELS = 2_000_000
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
            raise WeightsError(f"there is no network named {choice.network[:40]!r}")
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


@dataclass(frozen=True)
class Drawing:
    """A checked drawing: `strokes` where it has them, and its pixels; `box` None when blank."""

    prepared: Prepared
    strokes: Strokes | None = None

    @property
    def blank(self) -> bool:
        return self.prepared.box is None


def parse_drawing(raw: object) -> Drawing:
    """The drawing in what the pad sends and holds as its value; SketchError if unusable.

    {"strokes": [...]}, {"pixels": base64 of 28x28 bytes} or {"picture": a data: URL}; None is blank.
    """
    if raw is None or raw == "":
        raw = {"strokes": []}
    if not isinstance(raw, Mapping):
        raise SketchError(f"a drawing is strokes, pixels or a picture, not {type(raw).__name__}")
    if "picture" in raw:
        return Drawing(prepare_picture(_decode_picture(raw["picture"])))
    if "pixels" in raw:
        return Drawing(_as_prepared(_decode_pixels(raw["pixels"])))
    strokes = check_strokes(raw.get("strokes", []))
    return Drawing(prepare_strokes(strokes), strokes)


def _decode(encoded: object, limit: int) -> bytes:
    if not isinstance(encoded, str) or len(encoded) > limit:
        raise SketchError(f"pixels and pictures are base64 text of at most {limit:,} letters")
    try:
        return base64.b64decode(encoded.rpartition(",")[2], validate=True)
    except (binascii.Error, ValueError) as error:
        raise SketchError("pixels and pictures must be base64 text") from error


def _decode_pixels(encoded: object) -> np.ndarray:
    content = _decode(encoded, 2_000)
    if len(content) != 28 * 28:
        raise SketchError(f"pixels must be 784 bytes, 28 x 28, not {len(content)}")
    return np.frombuffer(content, np.uint8).reshape(28, 28)


def _decode_picture(encoded: object) -> Image.Image:
    content = _decode(encoded, MAX_PICTURE_BYTES)
    try:
        picture = Image.open(io.BytesIO(content), formats=("PNG", "JPEG"))
    except (OSError, ValueError, Image.DecompressionBombError) as error:
        raise SketchError("the picture is no PNG or JPEG") from error
    if picture.width * picture.height > MAX_PICTURE_PIXELS:  # few bytes can hold a lot of white
        limit = MAX_PICTURE_PIXELS // 1_000_000
        raise SketchError(f"the picture has more than {limit} million pixels")
    return picture


def _as_prepared(image: np.ndarray) -> Prepared:
    """An image that is MNIST-like already, with the box and the cut-out that its ink has."""
    rows, columns = np.flatnonzero(image.any(axis=1)), np.flatnonzero(image.any(axis=0))
    if not len(rows):
        return Prepared(None, np.zeros((1, 1), np.uint8), image)
    top, bottom, left, right = rows[0], rows[-1] + 1, columns[0], columns[-1] + 1
    box = (left / 28, top / 28, right / 28, bottom / 28)
    return Prepared(box, image[top:bottom, left:right], image)


@dataclass(frozen=True)
class Read:
    """One network's answer and how long it took."""

    answer: Answer
    milliseconds: float


def ask(network: Backend, image: np.ndarray) -> Read:
    """Have `network` read one image (28, 28) uint8."""
    start = time.perf_counter()
    log_probabilities = network.predict(to_pixels(image))[0]
    read = answer(log_probabilities, network.card.calibration)
    return Read(read, 1000 * (time.perf_counter() - start))


class Reader:
    """Answers the pad. Holds what all visitors share (networks) and where to find one's own (visits)."""

    def __init__(self, networks: Networks, visits: Visits) -> None:
        self.networks = networks
        self.visits = visits

    def read(self, question: Any) -> dict[str, Any]:
        """The answer to one question of the page; {"problem": a sentence} when it has none."""
        question = question if isinstance(question, Mapping) else {}
        language = choose_language(question.get("language"))
        try:
            drawing = parse_drawing(question.get("drawing"))
            network = self.find_network(question)
            return self._read(drawing, network, question, language)
        except (SketchError, WeightsError, BackendError) as error:
            return {"problem": text("failed", language, problem=str(error))}

    def is_quick(self, question: Mapping[str, Any]) -> bool:
        """Whether `read` takes about a millisecond: no picture to decode, no network to load first."""
        drawing, choice = question.get("drawing"), self._choice(question)
        if isinstance(drawing, Mapping) and "picture" in drawing:
            return False
        return choice.network == YOURS or self.networks.has_loaded(choice)

    def find_network(self, question: Mapping[str, Any]) -> Backend:
        """The network that the question asks for: the visitor's own or a shipped one."""
        choice = self._choice(question)
        if choice.network == YOURS:
            visit = self.visits.find(question.get("visit"))
            if visit is None or visit.own is None:
                raise WeightsError("your own network is gone; train it again or choose another")
            return visit.own
        return self.networks.get(choice)

    def _choice(self, question: Mapping[str, Any]) -> Choice:
        default = self.networks.default
        return Choice(
            str(question.get("network") or default.network),
            str(question.get("backend") or default.backend),
            str(question.get("device") or default.device),
        )

    def _read(
        self, drawing: Drawing, network: Backend, question: Mapping[str, Any], language: str
    ) -> dict[str, Any]:
        prepared = drawing.prepared
        image, other = prepared.image, None
        if question.get("shrink") and drawing.strokes:
            image, other = shrink_strokes(drawing.strokes), prepared.image
        shown: dict[str, Any] = {
            "box": prepared.box,
            "small": pack(prepared.small),
            "image": pack(image),
            "by": by(network),
        }
        if drawing.blank:
            words = describe_blank(language)
            return shown | {"blank": True, "line": words.line, "why": words.why}
        read = ask(network, image)
        words = describe(read.answer, drawing.strokes, language)
        shown |= answer_of(read, language) | {"line": words.line, "why": words.why}
        if other is not None:
            shown["prepared"] = answer_of(ask(network, other), language)
        return shown

    def compare(self, question: Any) -> dict[str, Any]:
        """Both backends' answers and times for one drawing, as lines of text."""
        question = question if isinstance(question, Mapping) else {}
        language = choose_language(question.get("language"))
        try:
            drawing = parse_drawing(question.get("drawing"))
            if drawing.blank:
                return {"lines": [text("compare_blank", language)]}
            lines = [
                self._compare_line(backend, question, drawing, language)
                for backend in BACKENDS
                if is_installed(backend)
            ]
        except (SketchError, WeightsError, BackendError) as error:
            return {"problem": text("failed", language, problem=str(error))}
        return {"lines": lines}

    def _compare_line(
        self, backend: str, question: Mapping[str, Any], drawing: Drawing, language: str
    ) -> str:
        choice = {**question, "backend": backend, "device": "auto"}
        network = self.find_network(choice)
        ask(network, drawing.prepared.image)  # the first time is never typical
        read = ask(network, drawing.prepared.image)
        names = answer_of(read, language)
        name = f"{PACKAGES[network.name]} ({network.device})"
        return text(
            "compare_line",
            language,
            backend=name,
            label=names["label"],
            percent=names["percent"],
            ms=names["ms"],
        )

    def look_inside(self, question: Any) -> dict[str, Any]:
        """The weights of the network asked for, for the page to show what happens in it."""
        question = question if isinstance(question, Mapping) else {}
        try:
            network = self.find_network(question)
            layers = network.layers()
        except (WeightsError, BackendError) as error:
            return {"problem": str(error)}
        card = network.card
        return {
            "sizes": list(card.config.sizes),
            "activation": card.config.activation,
            "temperature": card.calibration.temperature,
            "layers": [{"weight": pack_floats(w), "bias": pack_floats(b)} for w, b in layers],
        }


def answer_of(read: Read, language: str) -> dict[str, Any]:
    """An answer as the page shows it: label, ten probabilities, sure or not, percent, ms."""
    probabilities = [round(float(value), 4) for value in read.answer.probabilities]
    return {
        "label": read.answer.label,
        "probabilities": probabilities,
        "sure": read.answer.sure,
        "percent": percent(max(probabilities), language),
        "ms": f"{read.milliseconds:.2f}",
    }


def by(network: Backend) -> dict[str, Any]:
    """Who answered, and which devices it could run on instead."""
    return {
        "network": network.weights,
        "backend": network.name,
        "device": network.device,
        "version": id(network),  # a network trained anew has the old name and other weights
        "devices": devices_of(network.name),
    }


def pack(image: np.ndarray) -> dict[str, Any]:
    """A grey image (h, w) uint8 for the page's scripts."""
    return {
        "height": image.shape[0],
        "width": image.shape[1],
        "bytes": base64.b64encode(np.ascontiguousarray(image).tobytes()).decode(),
    }


def pack_floats(values: np.ndarray) -> str:
    """Numbers as base64 of little-endian float32, row by row."""
    return base64.b64encode(np.ascontiguousarray(values, dtype="<f4").tobytes()).decode()
