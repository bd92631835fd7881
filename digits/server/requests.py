"""What a browser or a program sent, checked; DigitsError says what is wrong with it."""

from __future__ import annotations

import base64
import binascii
import io
import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from PIL import Image

from digits.data.drawings import Strokes, check_strokes
from digits.data.preparation.centring import Prepared, keep_image
from digits.data.preparation.pictures import Picture
from digits.data.preparation.strokes import prepare_strokes
from digits.errors import DrawingError, SettingsError
from digits.network.config import CLASSES, PAGE_LIMITS, ModelConfig, check_limit
from digits.network.registry import YOURS, Choice
from digits.server import limits
from digits.training.page_run import RunSettings
from digits.training.recipes import RECIPES, check_recipe

Labelled = list[tuple[Strokes, int]]


@dataclass(frozen=True)
class ParsedDrawing:
    """A checked drawing: its strokes or picture, and its pixels; `box` None if blank."""

    prepared: Prepared
    strokes: Strokes | None = None
    picture: Picture | None = None

    @property
    def blank(self) -> bool:
        return self.prepared.box is None


def as_question(raw: object) -> Mapping[str, Any]:
    """A question of the page's scripts; what is none has nothing in it."""
    return raw if isinstance(raw, Mapping) else {}


def token_in(question: Mapping[str, Any]) -> object:
    """The session's token that came with a question, of whatever type it is."""
    return question.get("session")


def choice_in(question: Mapping[str, Any], default: Choice) -> Choice:
    """Who shall answer."""
    return Choice(
        str(question.get("network") or default.network),
        str(question.get("backend") or default.backend),
        str(question.get("device") or default.device),
    )


# ---- drawings ------------------------------------------------------------------------------------


def parse_drawing(raw: object) -> ParsedDrawing:
    """The drawing in what the pad sends and holds as its value; DrawingError if unusable.

    {"strokes": [...]}, {"pixels": base64 of 28x28 bytes} or {"picture": a data: URL}; None is blank.
    """
    if raw is None or raw == "":
        raw = {"strokes": []}
    if not isinstance(raw, Mapping):
        raise DrawingError("drawing_kind", kind=type(raw).__name__)
    if "picture" in raw:
        picture = Picture(_decode_picture(raw["picture"]))
        return ParsedDrawing(picture.prepared, picture=picture)
    if "pixels" in raw:
        return ParsedDrawing(keep_image(_decode_pixels(raw["pixels"])))
    strokes = check_strokes(raw.get("strokes", []))
    return ParsedDrawing(prepare_strokes(strokes), strokes)


def _decode(encoded: object, limit: int) -> bytes:
    if not isinstance(encoded, str) or len(encoded) > limit:
        raise DrawingError("base64_long", limit=limit)
    try:
        return base64.b64decode(encoded.rpartition(",")[2], validate=True)
    except (binascii.Error, ValueError) as error:
        raise DrawingError("base64_bad") from error


def _decode_pixels(encoded: object) -> np.ndarray:
    content = _decode(encoded, 2_000)
    if len(content) != 28 * 28:
        raise DrawingError("pixels_count", count=len(content))
    return np.frombuffer(content, np.uint8).reshape(28, 28)


def _decode_picture(encoded: object) -> Image.Image:
    content = _decode(encoded, limits.MAX_PICTURE_LETTERS)
    try:
        picture = Image.open(io.BytesIO(content), formats=("PNG", "JPEG"))
    except (OSError, ValueError, Image.DecompressionBombError) as error:
        raise DrawingError("picture_format") from error
    if (
        picture.width * picture.height > limits.MAX_PICTURE_PIXELS
    ):  # few bytes can hold a lot of white
        raise DrawingError("picture_large", millions=limits.MAX_PICTURE_PIXELS // 1_000_000)
    return picture


# ---- drawings to learn from ----------------------------------------------------------------------


def check_drawings(raw: object) -> Labelled:
    """Drawings with labels, [{"strokes", "label"}, ...]; DrawingError names the first that is none."""
    if not isinstance(raw, list) or not raw:
        raise DrawingError("corrections_empty")
    if len(raw) > limits.MOST_DRAWINGS:
        raise DrawingError("corrections_long", limit=limits.MOST_DRAWINGS, count=len(raw))
    return [_check_drawing(item, number) for number, item in enumerate(raw, start=1)]


def _check_drawing(item: object, number: int) -> tuple[Strokes, int]:
    if not isinstance(item, Mapping):
        raise DrawingError("corrections_item", number=number)
    label = item.get("label")
    if isinstance(label, bool) or not isinstance(label, int) or not 0 <= label < CLASSES:
        raise DrawingError("corrections_label", number=number)
    strokes = check_strokes(item.get("strokes"))
    if not strokes:
        raise DrawingError("corrections_blank", number=number)
    return strokes, label


# ---- trainings -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class TrainingRequest:
    """What a visitor asks for: the settings, and the network to go on from ("" for random weights)."""

    settings: RunSettings
    start: str = ""


def check_training(asked: Mapping[str, Any]) -> TrainingRequest:
    """The training in what a page or an API call sent; SettingsError names what cannot be."""
    preset = RECIPES.get(str(asked.get("preset") or "tutorial"), RECIPES["tutorial"])
    model = ModelConfig(
        _sizes(asked.get("hidden", preset.model.hidden)),
        str(asked.get("activation") or preset.model.activation),
    )
    recipe = replace(
        preset,
        name=YOURS,
        model=model,
        epochs=_whole("epochs", asked.get("epochs", preset.epochs)),
        batch_size=_whole("batch_size", asked.get("batch_size", preset.batch_size)),
        learning_rate=_number("learning_rate", asked.get("learning_rate", preset.learning_rate)),
    )
    check_recipe(recipe, PAGE_LIMITS)
    images = _whole("train_images", asked.get("train_images", RunSettings.train_images))
    seed = _whole("seed", asked.get("seed", RunSettings.seed))
    for name, value in (("train_images", images), ("seed", seed)):
        check_limit(name, value, PAGE_LIMITS)
    start = asked.get("start") or (YOURS if asked.get("go_on") else "")
    start = "" if start == "afresh" else str(start)
    return TrainingRequest(RunSettings(recipe, images, seed, bool(start)), start)


def _number(name: str, value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise SettingsError("setting_not_number", setting=name)
    try:
        number = float(value)
    except (ValueError, OverflowError):
        raise SettingsError(
            "setting_bad_number", setting=name, value=repr(str(value)[:20])
        ) from None
    if not math.isfinite(number):
        raise SettingsError("setting_bad_number", setting=name, value=str(number))
    return number


def _whole(name: str, value: object) -> int:
    number = _number(name, value)
    if number != int(number):
        raise SettingsError("setting_not_whole", setting=name, value=number)
    return int(number)


def _sizes(value: object) -> tuple[int, ...]:
    """Layer sizes from a list or from text like "64, 64, 64"."""
    parts = value.split(",") if isinstance(value, str) else value
    if not isinstance(parts, list | tuple):
        raise SettingsError("setting_not_sizes")
    return tuple(_whole("width", part) for part in parts[:100])
