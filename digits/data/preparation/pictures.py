"""A picture (photo, scan, screenshot) becomes 28x28 pixels."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter, ImageOps

from digits.data.preparation.image import (
    DIGIT,
    Ink,
    Prepared,
    as_box,
    blank,
    paste_centred,
    to_bytes,
)
from digits.data.preparation.strokes import SMALLEST
from digits.errors import DrawingError

MAX_PICTURE_PIXELS = 50_000_000  # more than any phone's camera makes by default
WORKING_SIDE = 560  # a larger picture is averaged down to about this before anything else
FAINTEST = 0.03  # ink fainter than this part of the strongest is compression noise


def prepare_picture(picture: Image.Image | NDArray[Any]) -> Prepared:
    """Prepare a picture, dark on light or light on dark, of any mode and reasonable size."""
    ink = _find_ink(_load(picture))
    rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
    if not len(rows):
        return blank()
    top, bottom, left, right = rows[0], rows[-1] + 1, columns[0], columns[-1] + 1
    height, width = ink.shape
    longer = max(bottom - top, right - left, max(height, width) * SMALLEST)
    size = tuple(max(1, round(side * DIGIT / longer)) for side in (right - left, bottom - top))
    cut = Image.fromarray(ink[top:bottom, left:right].astype(np.float32))
    shrunk = np.asarray(cut.resize(size, Image.Resampling.BOX), dtype=np.float64)
    small = to_bytes(shrunk / shrunk.max())
    box = (left / width, top / height, right / width, bottom / height)
    return Prepared(as_box(box), small, paste_centred(small))


def _load(picture: Image.Image | NDArray[Any]) -> Image.Image:
    """The picture upright, decoded, about WORKING_SIDE a side at most; else DrawingError."""
    try:
        picture = _from_array(picture) if isinstance(picture, np.ndarray) else picture
        width, height = picture.size
        if not 0 < width * height <= MAX_PICTURE_PIXELS:
            raise DrawingError(
                "picture_size",
                width=width,
                height=height,
                millions=MAX_PICTURE_PIXELS // 1_000_000,
            )
        # A JPEG is decoded at a half, a quarter or an eighth right away where that is enough.
        picture.draft(None, (WORKING_SIDE, WORKING_SIDE))
        picture = ImageOps.exif_transpose(picture)
        if picture.mode.startswith(("I", "F")):
            picture = _stretch(picture)
        has_alpha = "A" in picture.getbands() or "transparency" in picture.info
        picture = picture.convert("RGBA" if has_alpha else "RGB")
        factor = max(1, max(picture.size) // WORKING_SIDE)
        return picture.reduce(factor) if factor > 1 else picture
    except DrawingError:
        raise
    except (OSError, ValueError, TypeError, SyntaxError, Image.DecompressionBombError) as error:
        raise DrawingError("picture_unreadable", reason=str(error)) from error


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


def _stretch(picture: Image.Image) -> Image.Image:
    """A picture of whole numbers beyond 255 or of floats, scaled to 0..255 by its own extremes."""
    values = np.asarray(picture, dtype=np.float64)
    if not np.isfinite(values).all():
        raise DrawingError("picture_not_finite")
    low, high = values.min(), values.max()
    return Image.fromarray(((values - low) / max(high - low, 1e-12) * 255).astype(np.uint8))


def _find_ink(picture: Image.Image) -> Ink:
    """Ink (h, w) in 0..1: how far each pixel is from the paper, whichever of the two is darker."""
    colours = _flatten(picture)
    paper, noise = _find_paper(colours)
    ink = np.abs(colours - paper).max(axis=2)
    strongest = float(ink.max())
    if strongest < max(0.1, 6 * noise):  # nothing stands out from the paper
        return np.zeros(ink.shape)
    faintest = FAINTEST * strongest
    if noise > 0.004:  # more than one grey level: a photograph, whose paper and ink are uneven
        ink = _smooth(ink)
        faintest = max(0.15 * float(ink.max()), 5 * noise)
        strongest = float(np.quantile(ink[ink >= ink.max() / 2], 0.5))
    return np.clip((ink - faintest) / max(strongest - faintest, 1e-6), 0, 1)


def _flatten(picture: Image.Image) -> NDArray[np.float64]:
    """Colours (h, w, 3) in 0..1, transparent parts filled in.

    Where all that is opaque has about one colour, that is the ink and the shape is in the
    transparency; otherwise the picture brings its paper, and what is transparent is more of it.
    """
    values = np.asarray(picture, dtype=np.float64) / 255
    if values.shape[2] == 3:
        return values
    colours, alpha = values[:, :, :3], values[:, :, 3:]
    opaque = colours[alpha[:, :, 0] > 0.5]
    if alpha.min() == 1 or not len(opaque):
        return colours * alpha
    low, high = np.quantile(opaque, [0.05, 0.95], axis=0)
    if (high - low).max() > 0.3:
        return colours * alpha + np.median(opaque, axis=0) * (1 - alpha)
    return np.repeat(alpha, 3, axis=2)


def _find_paper(colours: NDArray[np.float64]) -> tuple[NDArray[np.float64], float]:
    """The paper's colour at every pixel, and its noise.

    A curved surface is fitted to what most pixels agree on, so light that falls off to one side
    does not count as ink; even paper gives a flat surface, exactly.
    """
    height, width, _ = colours.shape
    y, x = np.meshgrid(np.linspace(-1, 1, height), np.linspace(-1, 1, width), indexing="ij")
    terms = np.stack([np.ones_like(x), x, y, x * x, x * y, y * y], axis=2)
    every = max(1, max(height, width) // 64)  # 64 x 64 places are plenty for six terms
    samples, places = (a[::every, ::every].reshape(-1, a.shape[2]) for a in (colours, terms))
    paper = np.broadcast_to(np.median(samples, axis=0), samples.shape)
    surface = np.zeros((6, 3))
    surface[0] = paper[0]
    for tolerance in (0.25, 0.15, 0.1, 0.1):
        near = np.abs(samples - paper).max(axis=1) < tolerance
        if near.sum() < len(samples) / 4:
            break
        if np.ptp(samples[near], axis=0).max() > 0:
            surface = np.linalg.lstsq(places[near], samples[near], rcond=None)[0]
        paper = places @ surface
    rest = np.abs(samples - paper).max(axis=1)
    noise = float(np.median(rest[rest < 0.1])) if (rest < 0.1).any() else 0.0
    return terms @ surface, noise


def _smooth(ink: Ink) -> Ink:
    """`ink` without single specks and grain."""
    levels = Image.fromarray((np.clip(ink, 0, 1) * 255).astype(np.uint8))
    return np.asarray(levels.filter(ImageFilter.MedianFilter(5)), dtype=np.float64) / 255
