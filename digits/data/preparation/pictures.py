"""A picture (photo, scan, screenshot) becomes 28x28 pixels, or one such image for each digit in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from digits.data.preparation.grouping import Judge, gap, join_pieces, reading_order
from digits.data.preparation.image import (
    DIGIT,
    SIDE,
    Prepared,
    as_box,
    blank,
    keep_image,
    paste_centred,
    to_bytes,
)
from digits.data.preparation.strokes import SMALLEST
from digits.errors import DrawingError

if TYPE_CHECKING:
    from digits.data.preparation.segmentation import Group

MAX_PICTURE_PIXELS = 50_000_000  # more than any phone's camera makes by default
WORKING_SIDE = 1200  # a larger picture is averaged down to this before anything else
LEAST_SIDE = 240  # a smaller one is enlarged to at least this
LEAST_EDGE = 2  # pixels: a line of them holds no digit
THIN = 0.065  # of the digit's longer side: thinner strokes are thickened
PHOTO_PEN = 2.2  # pixels, to which they are: MNIST's thin pens; thicker ones close small loops
THICK = 0.17  # of the digit's longer side: thicker strokes, whose loops close, are thinned
BRUSH = 0.12  # of the digit's longer side, to which they are
PAGE_NEAR = 0.05  # of the digits' size: pieces closer than this are one, on a page of digits
PAGE_WIDEST = 0.12  # of the shorter side: no stroke is wider where there may be several digits
PAGE_LARGEST = 0.95  # of the picture's longer side
LEAST_SURE = 0.3  # what the judge takes for a digit less surely than this is left out


@dataclass(frozen=True)
class Found:
    """One digit of several in a picture."""

    prepared: Prepared

    @property
    def box(self) -> tuple[float, float, float, float]:
        """Left, top, right, bottom in 0..1 of the picture."""
        assert self.prepared.box is not None
        return self.prepared.box


def prepare_picture(picture: Image.Image | NDArray[Any]) -> Prepared:
    """Prepare the digit that stands out in a picture, dark on light or light on dark.

    Of any mode and reasonable size; a blank image where nothing looks like a digit. A 28x28 image
    that is MNIST-like goes in untouched. DrawingError says why a picture cannot be read.
    """
    from digits.data.preparation import segmentation

    colours = load_picture(picture)
    if min(colours.shape[:2]) < LEAST_EDGE:
        return blank()
    if is_mnist_like(colours):
        return _keep_mnist_like(colours)
    groups = segmentation.find_groups(_enlarge(colours))
    scale = _enlarging(colours)
    best = _stands_out(groups)
    return (
        blank()
        if best is None
        else _prepare(best, colours.shape[1] * scale, colours.shape[0] * scale)
    )


def find_digits(picture: Image.Image | NDArray[Any], judge: Judge) -> list[Found]:
    """Every digit in a picture, line by line, each line from left to right.

    `judge` says how surely an image is a digit: it joins the pieces of one, and what is small and
    none is left out. DrawingError as prepare_picture.
    """
    from digits.data.preparation import segmentation

    colours = load_picture(picture)
    if min(colours.shape[:2]) < LEAST_EDGE:
        return []
    if is_mnist_like(colours):
        return [Found(_keep_mnist_like(colours))]
    large = _enlarge(colours)
    height, width = large.shape[:2]
    groups = [
        group
        for group in segmentation.find_groups(large, PAGE_NEAR, PAGE_WIDEST)
        if group.longer < PAGE_LARGEST * max(height, width) and not group.at_edge
    ]
    groups = join_pieces(
        groups, segmentation.join_groups, lambda group: _prepare(group, width, height).image, judge
    )
    digits = [group for group in groups if segmentation.is_digit_like(group)]
    return [
        Found(prepared)
        for prepared in (_prepare(group, width, height) for group in reading_order(_alike(digits)))
        if judge(prepared.image[None])[0] >= LEAST_SURE
    ]


def _alike(groups: list[Group]) -> list[Group]:
    """The groups that are about as large and as strong as the others are."""
    if not groups:
        return []
    size = float(np.median([group.longer for group in groups]))
    contrast = float(np.median([group.contrast for group in groups]))
    return [
        group
        for group in groups
        if 0.5 * size <= group.longer <= 2 * size and group.contrast >= 0.6 * contrast
    ]


def is_mnist_like(colours: NDArray[np.uint8]) -> bool:
    """Whether an image (h, w, 3) is laid out as MNIST's are: 28x28, empty rim, centre of mass."""
    if colours.shape[:2] != (SIDE, SIDE):
        return False
    image = _grey_on_black(colours).astype(np.float64)
    image[image < 40] = 0  # a JPEG's ripples weigh as much as a thin stroke
    rim = np.concatenate(
        [image[:3].ravel(), image[-3:].ravel(), image[:, :3].ravel(), image[:, -3:].ravel()]
    )
    total = image.sum()
    if total == 0 or image.max() < 100 or (rim > 0).mean() > 0.08:
        return False
    middles = np.arange(SIDE) + 0.5
    row, column = image.sum(axis=1) @ middles / total, image.sum(axis=0) @ middles / total
    return bool(12.5 < row < 16.5 and 12.5 < column < 16.5)


def _grey_on_black(colours: NDArray[np.uint8]) -> NDArray[np.uint8]:
    grey = np.asarray(Image.fromarray(colours).convert("L"))
    rim = np.concatenate([grey[0], grey[-1], grey[:, 0], grey[:, -1]])
    return 255 - grey if np.median(rim) > 127 else grey


def _keep_mnist_like(colours: NDArray[np.uint8]) -> Prepared:
    """The image as it is; its box is that of the ink that can be seen."""
    image = _grey_on_black(colours)
    seen = keep_image(np.where(image < 40, 0, image).astype(np.uint8))
    return Prepared(seen.box, seen.small, image)


def _enlarging(colours: NDArray[np.uint8]) -> int:
    return max(1, -(-LEAST_SIDE // max(colours.shape[:2])))


def _enlarge(colours: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """`colours` with at least LEAST_SIDE pixels a side, so that a stroke has a few."""
    factor = _enlarging(colours)
    if factor == 1:
        return colours
    height, width = colours.shape[:2]
    large = Image.fromarray(colours).resize(
        (width * factor, height * factor), Image.Resampling.NEAREST
    )
    return np.asarray(large)


def _stands_out(groups: list[Group]) -> Group | None:
    """The group that is most likely meant: large, of strong ink, of a digit's shape."""
    from digits.data.preparation.segmentation import is_digit_like

    digits = [group for group in groups if is_digit_like(group)]
    inner = [group for group in digits if not group.at_edge]
    best = max(inner or digits, key=lambda group: group.longer * group.contrast, default=None)
    return None if best is None else _with_its_pieces(best, groups)


def _with_its_pieces(best: Group, groups: list[Group]) -> Group:
    """`best` with what reaches into its box and is as strong: a five's bar, the rest of a zero."""
    from digits.data.preparation.segmentation import join_groups

    for other in groups:
        is_within = other is not best and gap(other.box, best.box) == 0
        is_alike = other.contrast > 0.6 * best.contrast and other.longer < 1.2 * best.longer
        if is_within and is_alike:
            best = join_groups(best, other)
    return best


def _prepare(group: Group, width: float, height: float) -> Prepared:
    """Shrink a group of a picture (width, height) as MNIST's digits were, with their thickness."""
    from digits.data.preparation.segmentation import thicken

    ink = group.ink
    least = max(height, width) * SMALLEST
    if group.thickness < THIN * group.longer:
        # As on the pad: the pen's middle spans DIGIT - PHOTO_PEN pixels.
        scale = (DIGIT - PHOTO_PEN) / max(group.longer - group.thickness, least)
        ink = thicken(ink, group.thickness, PHOTO_PEN / scale)
    elif group.thickness > THICK * group.longer and not group.is_clean:
        ink = thicken(ink, group.thickness, BRUSH * group.longer)
    longer = max(*ink.shape, least)
    size = tuple(max(1, round(side * DIGIT / longer)) for side in (ink.shape[1], ink.shape[0]))
    cut = Image.fromarray(ink)
    shrunk = np.asarray(cut.resize(size, Image.Resampling.BOX), dtype=np.float64)
    small = to_bytes(shrunk / shrunk.max())
    box = (
        group.left / width,
        group.top / height,
        (group.left + group.width) / width,
        (group.top + group.height) / height,
    )
    return Prepared(as_box(box), small, paste_centred(small))


def load_picture(picture: Image.Image | NDArray[Any]) -> NDArray[np.uint8]:
    """The picture upright and opaque (h, w, 3), at most WORKING_SIDE a side; else DrawingError."""
    try:
        return _flatten(_decode(picture))
    except DrawingError:
        raise
    except (OSError, ValueError, TypeError, SyntaxError, Image.DecompressionBombError) as error:
        raise DrawingError("picture_unreadable", reason=str(error)) from error


def _decode(picture: Image.Image | NDArray[Any]) -> Image.Image:
    picture = _from_array(picture) if isinstance(picture, np.ndarray) else picture
    width, height = picture.size
    if not 0 < width * height <= MAX_PICTURE_PIXELS:
        raise DrawingError(
            "picture_size", width=width, height=height, millions=MAX_PICTURE_PIXELS // 1_000_000
        )
    # A JPEG is decoded at a half, a quarter or an eighth right away where that is enough.
    picture.draft(None, (WORKING_SIDE, WORKING_SIDE))
    if picture.mode.startswith(("I", "F")):
        picture = _stretch(picture)
    has_alpha = "A" in picture.getbands() or "transparency" in picture.info
    factor = max(1, max(picture.size) // WORKING_SIDE)
    if factor > 1 and picture.mode in ("L", "RGB"):  # the large one is never copied
        picture = _reduce(picture, factor)
    picture = ImageOps.exif_transpose(picture).convert("RGBA" if has_alpha else "RGB")
    factor = max(1, max(picture.size) // WORKING_SIDE)
    picture = picture.reduce(factor) if factor > 1 else picture
    longer = max(picture.size)
    if longer > WORKING_SIDE:
        across, down = (max(1, round(side * WORKING_SIDE / longer)) for side in picture.size)
        picture = picture.resize((across, down), Image.Resampling.BOX)
    return picture


def _reduce(picture: Image.Image, factor: int) -> Image.Image:
    """A smaller copy that keeps the tag that says how the camera was held."""
    exif = picture.getexif()
    smaller = picture.reduce(factor)
    smaller.getexif().update(exif)
    return smaller


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
