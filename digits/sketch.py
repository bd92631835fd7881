"""A drawing or a picture becomes 28x28 pixels, prepared the way MNIST's own images were.

MNIST's makers cut each digit out along its bounding box, scaled the longer side to 20 pixels and
laid it into 28x28 with its centre of mass in the middle. A network has seen nothing else, so what a
visitor draws must go the same way: merely shrinking the canvas makes one drawing in three misread.

The pad keeps strokes, not pixels, so here the pen is drawn *after* scaling, at MNIST's thickness: a
small drawing is read as well as a big one. A picture goes through the same steps from its pixels.
The same functions prepare the strokes that the network is trained on (digits/pens.py). Needs numpy
and Pillow only. Next: digits/inference.py reads the pixels.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter, ImageOps

SIDE = 28  # pixels of an MNIST image, each way
DIGIT = 20  # pixels of the digit's longer side
CENTRE = 15  # the centre of mass lands in (14, 15], as it does in MNIST
PEN = 2.9  # thickness of MNIST's strokes in pixels: the median over its 70,000 images
SMALLEST = 1 / SIDE  # a drawing smaller than this part of the pad counts as this big
DEMO_PEN = 2.0  # pixels of pen left when the usual 280-pixel canvas is merely shrunk to 28
STEP = 0.5  # pixels between the discs that make up a line: closer makes no visible difference
MAX_DISCS = 4096  # a longer line is a scribble; it is sampled more coarsely

MAX_STROKES = 1000
MAX_POINTS = 20_000
SLACK = 0.5  # a finger may leave the pad by half its side before that is an error
MAX_PICTURE_PIXELS = 50_000_000  # more than any phone's camera makes by default
WORKING_SIDE = 560  # a larger picture is averaged down to about this before anything else
FAINTEST = 0.03  # ink fainter than this part of the strongest is compression noise

Strokes = Sequence[NDArray[np.float64]]  # each (n, 2): x right, y down, 0..1 of the pad
Ink = NDArray[np.float64]  # (h, w) in 0..1, background 0


class SketchError(ValueError):
    """A drawing or picture that cannot be read; the text says what is wrong and what would do."""


@dataclass(frozen=True)
class Prepared:
    """What each step of the preparation made, for the network and for showing it."""

    box: tuple[float, float, float, float] | None  # left, top, right, bottom in 0..1 of the pad
    small: NDArray[np.uint8]  # (h, w), the longer side 20
    image: NDArray[np.uint8]  # (28, 28), ready for the network


def prepare_strokes(strokes: Strokes, pen: float = PEN) -> Prepared:
    """Draw `strokes` as MNIST looks, `pen` pixels thick; a blank drawing gives a blank image."""
    checked = check_strokes(strokes)
    if not checked:
        return _blank()
    corner, span = _bounds(checked)
    scale = (DIGIT - pen) / max(span.max(), SMALLEST)  # pixels per pad side
    width, height = (int(side) for side in np.ceil(np.round(span * scale + pen, 6)))
    # Snapped to 1/1024 pixel: where the drawing sat on the pad then leaves no rounding noise.
    scaled = [np.round((stroke - corner) * scale * 1024) / 1024 + pen / 2 for stroke in checked]
    small = _to_bytes(_draw(scaled, width, height, pen))
    left, top = corner - pen / 2 / scale
    box = (left, top, left + width / scale, top + height / scale)
    return Prepared(_as_floats(box), small, _paste(small))


def prepare_picture(picture: Image.Image | NDArray[Any]) -> Prepared:
    """Prepare a picture, dark on light or light on dark, of any mode and reasonable size."""
    ink = _find_ink(_load(picture))
    rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
    if not len(rows):
        return _blank()
    top, bottom, left, right = rows[0], rows[-1] + 1, columns[0], columns[-1] + 1
    height, width = ink.shape
    longer = max(bottom - top, right - left, max(height, width) * SMALLEST)
    size = tuple(max(1, round(side * DIGIT / longer)) for side in (right - left, bottom - top))
    cut = Image.fromarray(ink[top:bottom, left:right].astype(np.float32))
    shrunk = np.asarray(cut.resize(size, Image.Resampling.BOX), dtype=np.float64)
    small = _to_bytes(shrunk / shrunk.max())
    box = (left / width, top / height, right / width, bottom / height)
    return Prepared(_as_floats(box), small, _paste(small))


def shrink_strokes(strokes: Strokes) -> NDArray[np.uint8]:
    """Merely shrink the whole pad to (28, 28), as many demos do, to show what that costs."""
    scaled = [stroke * SIDE for stroke in check_strokes(strokes)]
    if not scaled:
        return _blank().image
    return _to_bytes(_draw(scaled, SIDE, SIDE, DEMO_PEN))


def to_pixels(images: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Turn images (N, 28, 28) or (28, 28) uint8 into the network's input (N, 784) in 0..1."""
    return images.reshape(-1, SIDE * SIDE).astype(np.float32) / np.float32(255)


def check_strokes(raw: object) -> list[NDArray[np.float64]]:
    """Check strokes from anywhere (lists, arrays), drop empty ones; SketchError if unusable."""
    if not isinstance(raw, list | tuple | np.ndarray):
        raise SketchError(f"a drawing is a list of strokes, not {type(raw).__name__}")
    if len(raw) > MAX_STROKES:
        raise SketchError(f"a drawing may have {MAX_STROKES:,} strokes, not {len(raw):,}")
    strokes = [_check_stroke(stroke, number) for number, stroke in enumerate(raw, start=1)]
    points = sum(len(stroke) for stroke in strokes)
    if points > MAX_POINTS:
        raise SketchError(f"a drawing may have {MAX_POINTS:,} points, not {points:,}")
    return [stroke for stroke in strokes if len(stroke)]


def _check_stroke(raw: object, number: int) -> NDArray[np.float64]:
    """One stroke as (n, 2) float64, or SketchError naming it by `number`."""
    if not isinstance(raw, list | tuple | np.ndarray):
        raise SketchError(f"stroke {number} is not a list of points but {type(raw).__name__}")
    if len(raw) > MAX_POINTS:
        raise SketchError(f"a drawing may have {MAX_POINTS:,} points, not {len(raw):,}")
    if len(raw) == 0:
        return np.empty((0, 2))
    try:
        stroke = np.asarray(raw)
    except (ValueError, TypeError, OverflowError):  # numpy's words for "not a table"
        stroke = np.empty(0, dtype=object)
    if stroke.ndim != 2 or stroke.shape[1] != 2 or stroke.dtype.kind not in "fiu":
        raise SketchError(f"stroke {number} must be a list of [x, y] pairs of numbers")
    if not np.isfinite(stroke).all():
        raise SketchError(f"stroke {number} has a coordinate that is not a finite number")
    if stroke.min() < -SLACK or stroke.max() > 1 + SLACK:
        raise SketchError(f"stroke {number} leaves the pad: coordinates must be within 0 and 1")
    return stroke.astype(np.float64, copy=False)


def _bounds(strokes: Strokes) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Top left corner (x, y) and span (width, height) of all the points."""
    points = np.concatenate(strokes)
    corner = points.min(axis=0)
    return corner, points.max(axis=0) - corner


def _draw(strokes: Strokes, width: int, height: int, pen: float) -> Ink:
    """Ink (height, width) of `strokes` in pixels: how much of each pixel a round pen covers.

    A line is a row of discs STEP apart; a pixel is as dark as its centre is deep inside the nearest
    one, which is what averaging over the pixel's area gives for an edge.
    """
    discs = _discs(strokes)
    across = np.square(discs[:, :1] - (np.arange(width) + 0.5))  # (discs, width)
    down = np.square(discs[:, 1:] - (np.arange(height) + 0.5))  # (discs, height)
    nearest = np.full((height, width), np.inf)
    for start in range(0, len(discs), 512):  # in parts, so that a scribble takes no more memory
        part = slice(start, start + 512)
        squares = down[part, :, None] + across[part, None, :]
        np.minimum(nearest, squares.min(axis=0), out=nearest)
    return np.clip(pen / 2 + 0.5 - np.sqrt(nearest), 0, 1)


def _discs(strokes: Strokes) -> NDArray[np.float64]:
    """Centres (n, 2) of the discs: points STEP apart along every stroke, its two ends included."""
    travelled = [measure(stroke) for stroke in strokes]
    step = max(STEP, sum(float(way[-1]) for way in travelled) / MAX_DISCS)
    return np.concatenate(
        [
            space_out(stroke, way, int(np.ceil(way[-1] / step)) + 1)
            for stroke, way in zip(strokes, travelled, strict=True)
        ]
    )


def measure(stroke: NDArray[np.float64]) -> NDArray[np.float64]:
    """The way (n,) along `stroke` from its first point to each of its points."""
    steps = np.diff(stroke, axis=0)
    return np.concatenate([[0.0], np.hypot(steps[:, 0], steps[:, 1]).cumsum()])


def space_out(
    stroke: NDArray[np.float64], travelled: NDArray[np.float64], count: int
) -> NDArray[np.float64]:
    """`count` points (count, 2), evenly spaced along `stroke`; `travelled` is from measure()."""
    if travelled[-1] == 0:
        return stroke[:1]
    places = np.linspace(0, travelled[-1], count)
    return np.stack([np.interp(places, travelled, axis) for axis in stroke.T], axis=1)


def _paste(small: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Lay `small` (h, w) into (28, 28), by whole pixels, so that its centre of mass is MNIST's."""
    image = np.zeros((SIDE, SIDE), dtype=np.uint8)
    height, width = small.shape
    weights = small.astype(np.float64)
    total = weights.sum()
    row = (weights.sum(axis=1) @ (np.arange(height) + 0.5)) / total
    column = (weights.sum(axis=0) @ (np.arange(width) + 0.5)) / total
    # 1e-6: a centre that is exactly between two places must not fall to either by rounding noise.
    top = min(max(int(CENTRE - row + 1e-6), 0), SIDE - height)
    left = min(max(int(CENTRE - column + 1e-6), 0), SIDE - width)
    image[top : top + height, left : left + width] = small
    return image


def _load(picture: Image.Image | NDArray[Any]) -> Image.Image:
    """The picture upright, decoded, about WORKING_SIDE a side at most; else SketchError."""
    try:
        picture = _from_array(picture) if isinstance(picture, np.ndarray) else picture
        width, height = picture.size
        if not 0 < width * height <= MAX_PICTURE_PIXELS:
            raise SketchError(
                f"the picture is {width}x{height} pixels; send one of at most"
                f" {MAX_PICTURE_PIXELS // 1_000_000} million"
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
    except SketchError:
        raise
    except (OSError, ValueError, TypeError, SyntaxError, Image.DecompressionBombError) as error:
        raise SketchError(f"the picture cannot be read: {error}; send a PNG or a JPEG") from error


def _from_array(array: NDArray[Any]) -> Image.Image:
    """An array (h, w) or (h, w, 1, 3 or 4) of bytes, booleans or 0..1 as a picture."""
    if array.ndim == 3 and array.shape[2] == 1:
        array = array[:, :, 0]
    if array.ndim not in (2, 3) or (array.ndim == 3 and array.shape[2] not in (3, 4)):
        raise SketchError(f"a picture is (height, width) or with 3 or 4 colours, not {array.shape}")
    if array.dtype.kind == "f" and array.size and not (array.min() >= 0 and array.max() <= 255):
        raise SketchError("the picture's values must be within 0 and 1, or 0 and 255")
    if array.dtype == bool or (array.dtype.kind == "f" and array.size and array.max() <= 1):
        array = array * 255.0
    elif array.dtype != np.uint8 and array.size and not 0 <= array.min() <= array.max() <= 255:
        raise SketchError("the picture's values must be within 0 and 255")
    return Image.fromarray(array.astype(np.uint8))


def _stretch(picture: Image.Image) -> Image.Image:
    """A picture of whole numbers beyond 255 or of floats, scaled to 0..255 by its own extremes."""
    values = np.asarray(picture, dtype=np.float64)
    if not np.isfinite(values).all():
        raise SketchError("the picture has values that are not finite numbers")
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


def _blank() -> Prepared:
    """A blank drawing: no box, nothing to show, an empty image."""
    return Prepared(None, np.zeros((1, 1), np.uint8), np.zeros((SIDE, SIDE), np.uint8))


def _to_bytes(ink: Ink) -> NDArray[np.uint8]:
    return np.round(ink * 255).astype(np.uint8)


def _as_floats(box: Iterable[Any]) -> tuple[float, float, float, float]:
    left, top, right, bottom = (float(side) for side in box)
    return left, top, right, bottom
