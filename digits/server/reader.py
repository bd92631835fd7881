"""Answer a drawing: strokes, a picture or 28x28 pixels in, everything the page shows of it out.

The pad asks `Reader.read` when the pen rests; the browser answers while it moves. Each question carries the
whole drawing and the visitor's choices, so the server keeps nothing between them and a restart loses nothing.
What arrives here came from a browser: it is checked, and what is wrong with it comes back as a fault.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from functools import cached_property
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from digits.data.preparation.centring import Prepared
from digits.data.preparation.strokes import shrink_strokes
from digits.errors import DigitsError, WeightsError
from digits.network.backends import BACKENDS, Backend, is_installed
from digits.network.checkpoint import file_of
from digits.network.metadata import Card, read_card
from digits.network.registry import YOURS, Choice, Networks, is_own
from digits.server import limits
from digits.server.messages import (
    Answer,
    Blank,
    By,
    CardSummary,
    ComparedGuess,
    Comparison,
    Guess,
    NetworkEntry,
    OneOfSeveral,
    Picker,
    Problem,
    Shown,
    fault_of,
    pack,
)
from digits.server.page_reader import (
    AMONG_LETTERS,
    NOTHING_FOUND,
    PICTURE_DOUBT,
    DigitRead,
    answer_about,
    doubt_about,
    hint_of,
    prepare_for,
    read_picture,
)
from digits.server.requests import ParsedDrawing, as_question, choice_in, parse_drawing, token_in
from digits.server.sessions import OwnNetwork, Session, Sessions

FEWEST_SURE = 2  # digits of several: a picture with fewer is read as one


def guess(network: Backend, image: np.ndarray, is_picture: bool = False) -> Guess:
    """What `network` says of one image (28, 28) uint8, and how long it took."""
    start = time.perf_counter()
    said = answer_about(network, image, is_picture)
    return {
        "label": said.label,
        "probabilities": [round(float(value), 4) for value in said.probabilities],
        "sure": said.sure,
        "milliseconds": round(1000 * (time.perf_counter() - start), 3),
    }


def _one_of_several(network: Backend, drawing: ParsedDrawing, one: DigitRead) -> OneOfSeveral:
    prepared = one.prepared
    said: OneOfSeveral = {
        "box": _on_pad(drawing, prepared) or [],
        "small": pack(prepared.small),
        "image": pack(prepared.image),
        "guess": {
            **guess(network, prepared.image, drawing.picture is not None),
            "sure": one.answer.sure,
        },
    }
    return {**said, "hint": AMONG_LETTERS} if one.hint == AMONG_LETTERS else said


def _image_for(
    question: Mapping[str, Any], drawing: ParsedDrawing, prepared: Prepared
) -> NDArray[np.uint8]:
    """The image (28, 28) that is read: the prepared one, or a drawing just shrunk where that is asked for."""
    if question.get("shrink") and drawing.strokes:
        return shrink_strokes(drawing.strokes)
    return prepared.image


def _on_pad(drawing: ParsedDrawing, prepared: Prepared) -> list[float] | None:
    """The box in parts of the pad, whose middle a picture fills as far as its longer side reaches."""
    if prepared.box is None or drawing.picture is None:
        return None if prepared.box is None else list(prepared.box)
    height, width = drawing.picture.colours.shape[:2]
    scale = np.array([width, height] * 2) / max(width, height)
    return [float(side) for side in np.array(prepared.box) * scale + (1 - scale) / 2]


def summary_of(card: Card) -> CardSummary:
    """What the list of networks says of a network."""
    epochs = card.recipe.get("epochs_done", card.recipe.get("epochs"))
    return {
        "sizes": list(card.config.sizes),
        "activation": card.config.activation,
        "test_accuracy": card.figures.get("test_accuracy"),
        "test_images": card.data.get("test_images"),
        "train_images": card.data.get("train_images"),
        "epochs": epochs,
        "drawings": int(card.recipe.get("taught", 0)),
    }


def entry_of(own: OwnNetwork) -> NetworkEntry:
    """A session's own network in the list of networks."""
    return {
        "id": own.id,
        "name": own.name,
        "kind": own.kind,
        "version": own.backend.version,
        "card": summary_of(own.backend.card),
    }


class Reader:
    """Answers the pad. Holds what all visitors share (networks) and where one's own are (sessions)."""

    def __init__(self, networks: Networks, sessions: Sessions) -> None:
        self.networks = networks
        self.sessions = sessions

    def read(self, raw: object) -> Answer | Blank | Problem:
        """The answer to one question of the page; a Problem when it has none."""
        question = as_question(raw)
        try:
            drawing = parse_drawing(question.get("drawing"))
            return self._read(drawing, self.find_network(question), question)
        except DigitsError as error:
            return {"fault": fault_of(error)}

    def image_in(self, raw: object) -> np.ndarray | None:
        """The pad's drawing as (28, 28) uint8, or None where there is none that can be used."""
        try:
            drawing = parse_drawing(raw)
            network = self.networks.get(self.networks.default)
        except DigitsError:
            return None
        return None if drawing.blank else prepare_for(network, drawing).image

    def is_quick(self, question: Mapping[str, Any]) -> bool:
        """Whether `read` takes about a millisecond: few strokes, and no network to load first."""
        drawing, choice = question.get("drawing"), choice_in(question, self.networks.default)
        if isinstance(drawing, Mapping):
            strokes = drawing.get("strokes")
            is_long = isinstance(strokes, list) and len(strokes) > limits.QUICK_STROKES
            if is_long or "picture" in drawing:
                return False
        return is_own(choice.network) or self.networks.has_loaded(choice)

    def find_own(self, question: Mapping[str, Any]) -> OwnNetwork:
        """The session's own network that is asked for; WeightsError if it has none of that id."""
        session = self.sessions.find(token_in(question))
        own = session.find(str(question.get("network") or YOURS)) if session else None
        if own is None:
            raise WeightsError("weights_gone")
        return own

    def find_network(self, question: Mapping[str, Any]) -> Backend:
        """The network that the question asks for: one of the session's own or a shipped one."""
        choice = choice_in(question, self.networks.default)
        return (
            self.find_own(question).backend if is_own(choice.network) else self.networks.get(choice)
        )

    def _read(
        self, drawing: ParsedDrawing, network: Backend, question: Mapping[str, Any]
    ) -> Answer | Blank:
        prepared = prepare_for(network, drawing)
        is_picture = drawing.picture is not None
        image = _image_for(question, drawing, prepared)
        shown: Shown = {
            "box": _on_pad(drawing, prepared),
            "small": pack(prepared.small),
            "image": pack(image),
            "by": self._by(network, question),
        }
        found = [] if drawing.picture is None else read_picture(network, drawing.picture)
        several = found if sum(one.answer.sure for one in found) >= FEWEST_SURE else []
        if drawing.blank and not several:
            nothing = {} if drawing.picture is None else {"hint": NOTHING_FOUND}
            return cast("Blank", {**shown, "blank": True, **nothing})
        said = cast("Answer", {**shown, **guess(network, image, is_picture), "blank": False})
        if several:
            said["several"] = [_one_of_several(network, drawing, one) for one in several]
        elif doubt := doubt_about(network, drawing.picture):
            said["sure"], said["hint"] = False, doubt
        elif is_picture and not said["sure"]:
            hint = PICTURE_DOUBT if guess(network, image)["sure"] else hint_of(network, prepared)
            if hint:
                said["hint"] = hint
        if image is not prepared.image:
            said["prepared"] = guess(network, prepared.image)
        return said

    def _by(self, network: Backend, question: Mapping[str, Any]) -> By:
        asked = question.get("network")
        return {
            "network": YOURS if asked == YOURS else network.weights,
            "backend": network.name,
            "device": network.device,
            "version": network.version,
            "devices": self.networks.devices(network.name),
        }

    def compare(self, raw: object) -> Comparison | Problem:
        """All installed backends' answers and times for one drawing."""
        question = as_question(raw)
        try:
            drawing = parse_drawing(question.get("drawing"))
            own = is_own(choice_in(question, self.networks.default).network)
            offered = ("torch",) if own else BACKENDS  # one's own are not exported
            backends = [] if drawing.blank else list(filter(is_installed, offered))
            guesses = [self._compare(name, question, drawing) for name in backends]
        except DigitsError as error:
            return {"fault": fault_of(error)}
        return {"blank": drawing.blank, "guesses": guesses}

    def _compare(
        self, backend: str, question: Mapping[str, Any], drawing: ParsedDrawing
    ) -> ComparedGuess:
        network = self.find_network({**question, "backend": backend, "device": "auto"})
        image = _image_for(question, drawing, prepare_for(network, drawing))
        is_picture = drawing.picture is not None
        guess(network, image, is_picture)  # the first time is never typical
        said = guess(network, image, is_picture)
        said["sure"] = said["sure"] and doubt_about(network, drawing.picture) is None
        return {**said, "backend": network.name, "device": network.device}

    @cached_property
    def shipped(self) -> list[NetworkEntry]:
        """The shipped networks, the default one first."""
        entries: list[NetworkEntry] = []
        for name in self.networks.names:
            try:
                card = read_card(file_of(self.networks.path(name), ".json"))
            except WeightsError:  # a file from elsewhere, its card inside it alone
                card = Card()
            entries.append(
                {
                    "id": name,
                    "name": {"key": "network_shipped", "values": {"name": name}},
                    "kind": "shipped",
                    "version": self._version(name),
                    "card": summary_of(card),
                }
            )
        return entries

    def _version(self, name: str) -> str:
        """A shipped network's version where that is quickly known: an .onnx file has it written inside."""
        if not file_of(self.networks.path(name), ".onnx").is_file() or not is_installed("onnx"):
            return ""
        try:
            return self.networks.get(Choice(name)).version
        except DigitsError:  # whoever chooses it hears why
            return ""

    def picker(self, session: Session | None = None, network: str = "") -> Picker:
        """What can be chosen, with `network` chosen."""
        own = [entry_of(one) for one in session.networks] if session else []
        default = self.networks.default
        return {
            "networks": [*self.shipped, *own],
            "network": network or default.network,
            "backends": [name for name in BACKENDS if is_installed(name)],
            "backend": default.backend,
            "device": default.device,
        }
