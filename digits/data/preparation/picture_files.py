"""A picture as people have it (any mode, any size, transparent, held sideways) as opaque, upright colours."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from digits.errors import DrawingError

MOST_PIXELS = 50_000_000  # more than any phone's camera makes by default
WORKING_SIDE = 1200  # a larger picture is averaged down to this before anything else
STRIP = 256  # rows, about, that are averaged down at once


def load_picture(picture: Image.Image | NDArray[Any]) -> NDArray[np.uint8]:
    """The picture upright and opaque (h, w, 3), at most WORKING_SIDE a side; else DrawingError."""
    try:
        return _flatten(_decode(picture))
    except DrawingError:
        raise
    except Exception as error:  # Pillow's errors of broken files share no narrower class
        raise DrawingError("picture_unreadable", reason=str(error)) from error


def _decode(picture: Image.Image | NDArray[Any]) -> Image.Image:
    picture = _from_array(picture) if isinstance(picture, np.ndarray) else picture
    width, height = picture.size
    if not 0 < width * height <= MOST_PIXELS:
        raise DrawingError(
            "picture_size", width=width, height=height, millions=MOST_PIXELS // 1_000_000
        )
    # A JPEG is decoded at a half, a quarter or an eighth right away where that is enough.
    picture.draft(None, (WORKING_SIDE, WORKING_SIDE))
    picture.load()
    picture = ImageOps.exif_transpose(_reduce(picture, max(1, max(picture.size) // WORKING_SIDE)))
    longer = max(picture.size)
    if longer > WORKING_SIDE:
        across, down = (max(1, round(side * WORKING_SIDE / longer)) for side in picture.size)
        picture = picture.resize((across, down), Image.Resampling.BOX)
    return picture


def _reduce(picture: Image.Image, factor: int) -> Image.Image:
    """The picture as RGB or RGBA, averaged down by `factor`, with the tag that says how the camera was held.

    Strip by strip, so that nothing of the whole picture's size is held but the picture itself.
    """
    change = _changer(picture, factor)
    width, height = (-(-side // factor) for side in picture.size)
    smaller = Image.new(change(picture.crop((0, 0, 1, 1))).mode, (width, height))
    for top, strip in _strips(picture, factor):
        smaller.paste(change(strip).reduce(factor), (0, top // factor))
    with suppress(Exception):  # a broken tag says nothing, and the picture may be whole
        smaller.getexif().update(picture.getexif())
    return smaller


def _strips(picture: Image.Image, factor: int) -> Iterator[tuple[int, Image.Image]]:
    """The picture from top to bottom in strips of whole blocks of `factor` rows: (first row, strip)."""
    rows = factor * max(1, STRIP // factor)
    for top in range(0, picture.height, rows):
        yield top, picture.crop((0, top, picture.width, min(top + rows, picture.height)))


def _changer(picture: Image.Image, factor: int) -> Callable[[Image.Image], Image.Image]:
    """What makes a part of the picture RGB, or RGBA where something is transparent."""
    if not picture.mode.startswith(("I", "F")):
        has_alpha = "A" in picture.getbands() or "transparency" in picture.info
        return lambda part: part.convert("RGBA" if has_alpha else "RGB")
    low, high = _extremes(picture, factor)
    return lambda part: _stretch(part, low, high).convert("RGB")


def _extremes(picture: Image.Image, factor: int) -> tuple[float, float]:
    """The least and the greatest value of a picture of one channel."""
    lows, highs = [], []
    for _, strip in _strips(picture, factor):
        values = np.asarray(strip)
        if not np.isfinite(values).all():
            raise DrawingError("picture_not_finite")
        lows.append(float(values.min()))
        highs.append(float(values.max()))
    return min(lows), max(highs)


def _from_array(array: NDArray[Any]) -> Image.Image:
    """An array (h, w) or (h, w, 1, 3 or 4) of bytes, booleans or 0..1 as a picture."""
    if array.ndim == 3 and array.shape[2] == 1:
        array = array[:, :, 0]
    if array.ndim not in (2, 3) or (array.ndim == 3 and array.shape[2] not in (3, 4)):
        raise DrawingError("picture_shape", shape=str(array.shape))
    if array.dtype.kind == "f" and array.size and not (array.min() >= 0 and array.max() <= 255):
        raise DrawingError("picture_values")
    if array.dtype == bool or (array.dtype.kind == "f" and array.size and array.max() <= 1):
        array = array * 255.0
    elif array.dtype != np.uint8 and array.size and not 0 <= array.min() <= array.max() <= 255:
        raise DrawingError("picture_bytes")
    return Image.fromarray(array.astype(np.uint8))


def _stretch(part: Image.Image, low: float, high: float) -> Image.Image:
    """A part of a picture of whole numbers beyond 255 or of floats, low..high scaled to 0..255."""
    values = np.asarray(part, dtype=np.float64)
    return Image.fromarray(((values - low) / max(high - low, 1e-12) * 255).astype(np.uint8))


def _flatten(picture: Image.Image) -> NDArray[np.uint8]:
    """Colours (h, w, 3), transparent parts filled in.

    Where what can be seen is a shape on nothing, of one ink or of several, the shape is the
    transparency itself. Where it is a card with something on it, what is transparent is more card.
    """
    values = np.asarray(picture)
    if values.shape[2] == 3:
        return values
    colours, alpha = values[:, :, :3].astype(np.float32), values[:, :, 3:].astype(np.float32)
    strongest = float(alpha.max())
    if strongest == 0 or alpha.min() == 255:
        return values[:, :, :3] if strongest else np.zeros_like(values[:, :, :3])
    alpha = alpha / strongest
    seen = alpha[:, :, 0] > 0.5
    if not _is_card(colours, seen):
        return np.repeat(np.round(255 * (1 - alpha)).astype(np.uint8), 3, axis=2)
    card = np.median(colours[seen], axis=0)
    return np.round(colours * alpha + card * (1 - alpha)).astype(np.uint8)


def _is_card(colours: NDArray[np.float32], seen: NDArray[np.bool_]) -> bool:
    """Whether what is `seen` (h, w) fills its frame and has something on it."""
    rows, columns = np.flatnonzero(seen.any(axis=1)), np.flatnonzero(seen.any(axis=0))
    frame = seen[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    low, high = np.quantile(colours[seen], [0.002, 0.998], axis=0)
    is_wide = seen.mean() > 0.3 and frame.mean() > 0.6
    return bool(is_wide and (high - low).max() > 60)
