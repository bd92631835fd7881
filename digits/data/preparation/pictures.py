"""A picture (photo, scan, screenshot) becomes 28x28 pixels, or one such image for each digit in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from digits.data.preparation.centring import (
    DIGIT,
    SIDE,
    Prepared,
    as_box,
    blank,
    keep_image,
    paste_centred,
    to_bytes,
)
from digits.data.preparation.grouping import Judge, gap, join_pieces, reading_order
from digits.data.preparation.picture_files import load_picture
from digits.data.preparation.strokes import SMALLEST

if TYPE_CHECKING:
    from digits.data.preparation.stroke_groups import Group

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
    from digits.data.preparation import stroke_groups

    colours = load_picture(picture)
    if min(colours.shape[:2]) < LEAST_EDGE:
        return blank()
    if is_mnist_like(colours):
        return _keep_mnist_like(colours)
    groups = stroke_groups.find_groups(_enlarge(colours))
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
    from digits.data.preparation import stroke_groups

    colours = load_picture(picture)
    if min(colours.shape[:2]) < LEAST_EDGE:
        return []
    if is_mnist_like(colours):
        return [Found(_keep_mnist_like(colours))]
    large = _enlarge(colours)
    height, width = large.shape[:2]
    groups = [
        group
        for group in stroke_groups.find_groups(large, PAGE_NEAR, PAGE_WIDEST)
        if group.longer < PAGE_LARGEST * max(height, width) and not group.at_edge
    ]
    groups = join_pieces(
        groups, stroke_groups.join_groups, lambda group: _prepare(group, width, height).image, judge
    )
    digits = [group for group in groups if stroke_groups.is_digit_like(group)]
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
    from digits.data.preparation.stroke_groups import is_digit_like

    digits = [group for group in groups if is_digit_like(group)]
    inner = [group for group in digits if not group.at_edge]
    best = max(inner or digits, key=lambda group: group.longer * group.contrast, default=None)
    return None if best is None else _with_its_pieces(best, groups)


def _with_its_pieces(best: Group, groups: list[Group]) -> Group:
    """`best` with what reaches into its box and is as strong: a five's bar, the rest of a zero."""
    from digits.data.preparation.stroke_groups import join_groups

    for other in groups:
        is_within = other is not best and gap(other.box, best.box) == 0
        is_alike = other.contrast > 0.6 * best.contrast and other.longer < 1.2 * best.longer
        if is_within and is_alike:
            best = join_groups(best, other)
    return best


def _prepare(group: Group, width: float, height: float) -> Prepared:
    """Shrink a group of a picture (width, height) as MNIST's digits were, with their thickness."""
    from digits.data.preparation.stroke_groups import thicken

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
