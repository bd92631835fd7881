"""What a browser or a program sent, checked."""

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
from digits.data.preparation.image import Prepared, keep_image
from digits.data.preparation.pictures import prepare_picture
from digits.data.preparation.strokes import prepare_strokes
from digits.errors import DrawingError, SettingsError
from digits.network.config import PAGE_LIMITS, ModelConfig, check_limit
from digits.network.registry import YOURS
from digits.training.recipes import RECIPES, check_recipe
from digits.training.run import Order

MAX_PICTURE_BYTES = 4_000_000  # the page sends at most 560 x 560 pixels as PNG, far below this
MAX_PICTURE_PIXELS = 2_000_000


@dataclass(frozen=True)
class Drawing:
    """A checked drawing: `strokes` where it has them, and its pixels; `box` None when blank."""

    prepared: Prepared
    strokes: Strokes | None = None

    @property
    def blank(self) -> bool:
        return self.prepared.box is None


def parse_drawing(raw: object) -> Drawing:
    """The drawing in what the pad sends and holds as its value; DrawingError if unusable.

    {"strokes": [...]}, {"pixels": base64 of 28x28 bytes} or {"picture": a data: URL}; None is blank.
    """
    if raw is None or raw == "":
        raw = {"strokes": []}
    if not isinstance(raw, Mapping):
        raise DrawingError("drawing_kind", kind=type(raw).__name__)
    if "picture" in raw:
        return Drawing(prepare_picture(_decode_picture(raw["picture"])))
    if "pixels" in raw:
        return Drawing(keep_image(_decode_pixels(raw["pixels"])))
    strokes = check_strokes(raw.get("strokes", []))
    return Drawing(prepare_strokes(strokes), strokes)


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
    content = _decode(encoded, MAX_PICTURE_BYTES)
    try:
        picture = Image.open(io.BytesIO(content), formats=("PNG", "JPEG"))
    except (OSError, ValueError, Image.DecompressionBombError) as error:
        raise DrawingError("picture_format") from error
    if picture.width * picture.height > MAX_PICTURE_PIXELS:  # few bytes can hold a lot of white
        raise DrawingError("picture_large", millions=MAX_PICTURE_PIXELS // 1_000_000)
    return picture


def read_order(asked: Mapping[str, Any]) -> Order:
    """The order in what a page or an API call sent; SettingsError names what cannot be."""
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
    images = _whole("train_images", asked.get("train_images", 60_000))
    seed = _whole("seed", asked.get("seed", 0))
    for name, value in (("train_images", images), ("seed", seed)):
        check_limit(name, value, PAGE_LIMITS)
    return Order(recipe, images, seed, bool(asked.get("go_on", False)))


def _number(name: str, value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise SettingsError("setting_not_number", setting=name)
    try:
        number = float(value)
    except ValueError:
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
