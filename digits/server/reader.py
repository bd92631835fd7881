"""Answer a drawing: strokes, a picture or 28x28 pixels in, everything the page shows of it out.

The pad asks `Reader.read` about 30 times a second while somebody draws. Each call carries the whole
drawing and the visitor's choices, so the server keeps nothing between calls and a restart loses nothing.
What arrives here came from a browser: it is checked, and what is wrong with it comes back as one clear
sentence in the visitor's language. Next: digits/words.py says it in words; digits/road.py is the way that
digits/pad.js asks.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from digits.data.preparation.image import to_pixels
from digits.data.preparation.strokes import shrink_strokes
from digits.errors import BackendError, DrawingError, WeightsError
from digits.network.backends import BACKENDS, PACKAGES, Backend, is_installed
from digits.network.calibration import Answer, answer
from digits.network.registry import YOURS, Choice, Networks
from digits.page.texts import choose_language, text
from digits.server.messages import answer_of, by, pack, pack_floats
from digits.server.requests import Drawing, parse_drawing
from digits.server.sessions import Visits
from digits.server.wording import describe, describe_blank


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
        except (DrawingError, WeightsError, BackendError) as error:
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
                raise WeightsError("weights_gone")
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
        except (DrawingError, WeightsError, BackendError) as error:
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
