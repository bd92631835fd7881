"""Strokes in a picture that belong together, as a digit's do, and what makes a group a digit.

Imports OpenCV, which takes a while to load: import this module only when a picture comes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from digits.data.preparation.components import find_components
from digits.data.preparation.crayon import fill_grain
from digits.data.preparation.paper import PLAIN, Contrast, Mask, dark_on_light
from digits.data.preparation.thickness import measure_thickest, measure_thickness
from digits.data.preparation.writing import LONGEST_STROKE, Writing, find_writing

WIDEST_STROKE = 0.34  # of the shorter side: what is wider is paper, table or shadow
MUCH_WIDER = 3.2  # times as wide as a stroke is what belongs to the paper
RIM = 0.12  # of the longer side: as far from the strokes a clean picture's ink may go
LEAST_INK = 0.6  # of a photo's strokes, as a part of their usual ink: what is written stays written
FAINTEST = 0.03  # contrast below this part of the ink's is no ink in a clean picture
NEAR = 0.1  # of the largest group's longer side: strokes closer than that belong together
WIDEST_DIGIT = 2.2  # times as wide as high: wider groups are words or lines
THINNEST = 1 / 90  # of the longer side: thinner groups are lines of the paper
FAINTEST_INK = 0.15  # contrast: what is weaker is light on the paper, not ink
OUTLINED = 0.9  # the least share of its rim where a group must have an edge
OUTLINED_THIN = 0.77  # the same of thin strokes: their ends and corners are much of the rim
THIN_STROKE = 10  # pixels
GRAINED = 0.205  # as PLAIN, of wood and skin, on which people write: what is darker is none
SOFTEST = 0.08  # of the longer side: softer edges are those of a shadow or a fold
THICKEST = 0.45  # of the longer side: thicker groups are stains
FAINT_INK = 0.35  # contrast: what is weaker and soft, too, is a stain
SOFT_EDGE = 4.0  # pixels
SOFT_STROKE = 0.6  # of the thickness: an edge softer than this and SOFT_EDGE is that of a stain
SOFT_ROUND = 0.5  # the same of a circle: a cup's ring is rounder than a hand's zero
ROUND = 0.05  # of a circle's area: a circle's own differs by less
BLOT = 0.28  # of the longer side: what is as thick as this anywhere, weak and soft is a stain
BLOT_INK = 0.45  # contrast: what is weaker is weak there
BLOT_EDGE = 0.055  # of the longer side: an edge softer than this and SOFT_EDGE is soft there
LEFT_OVER = 20  # pixels: what is weaker and shorter is what a line left
FOLD = 12.0  # pixels: one softer than this is a fold's, however broad
GRAIN = 1.0  # times the noise: so much darker than its lightest pixels is all paper
LONGEST_IN_WIDE = 1.8  # as LONGEST_STROKE, of what is wider than a digit: more is a word


@dataclass(frozen=True)
class Group:
    """Strokes that belong together: where they are, in pixels, and their ink."""

    left: int
    top: int
    ink: NDArray[np.float32]  # (h, w) in 0..1, tight around the ink
    contrast: float  # of its ink, 0..1
    thickness: float  # of its strokes, in pixels
    edge: float  # how many pixels it takes from the paper to the ink
    outlined: float  # the share of its rim, 0..1, where the picture itself has an edge
    paper: float  # contrast of the paper beside it, as a part of its ink's
    at_edge: bool  # touches the picture's edge
    is_clean: bool  # of a picture that a program drew
    spanned: float  # the part of its longer side, 0..1, that its largest piece spans

    @property
    def box(self) -> tuple[int, int, int, int]:
        """Left, top, right, bottom in pixels."""
        return self.left, self.top, self.left + self.width, self.top + self.height

    @property
    def height(self) -> int:
        return self.ink.shape[0]

    @property
    def width(self) -> int:
        return self.ink.shape[1]

    @property
    def longer(self) -> int:
        return max(self.ink.shape)

    @property
    def length(self) -> float:
        """How long its strokes are together, in pixels."""
        return float(self.ink.sum()) / self.thickness


class Sheet:
    """A picture (h, w, 3) in which strokes are looked for, each width of stroke once.

    What stands out and all digits are asked for one after the other, and mostly need the same search.
    """

    def __init__(self, colours: NDArray[np.uint8]) -> None:
        self._dark = dark_on_light(colours)
        self._is_inverted = self._dark is not colours
        self._short = min(colours.shape[:2])
        self._found: dict[int, Writing | None] = {}
        self._groups: dict[tuple[int, float], list[Group]] = {}
        self._paper: dict[int, int] = {}

    def find_groups(self, near: float = NEAR, widest: float = WIDEST_STROKE) -> list[Group]:
        """All groups of strokes, in no order.

        Strokes closer than `near`, a part of the strokes' size, belong to one group. In a photo what
        is wider than `widest`, a part of the shorter side, is no stroke.
        """
        return list(self._groups_of(self._find_size(widest), near))

    def _find_size(self, widest: float) -> int:
        """The width, in pixels, from which on nothing is a stroke, given the strokes' thickness."""
        size = whole = int(self._short * WIDEST_STROKE)
        writing = self._search(whole)
        if writing is None or writing.is_clean:
            return whole
        if widest < WIDEST_STROKE:
            size = int(self._short * widest)
            if self._paper_from(whole) >= 0.7 * size:
                whole = size
        paper = self._paper_from(whole)
        if paper >= 0.7 * size or self._search(whole) is None or self._search(paper) is None:
            return whole
        return paper

    def _paper_from(self, size: int) -> int:
        """How many pixels wide something is that is paper rather than a stroke of what `size` finds.

        Where words are about, most strokes are theirs; those of the digit may be thicker.
        """
        writing = self._search(size)
        if writing is None:
            return 0
        if size not in self._paper:
            best = stands_out(self._groups_of(size, NEAR))
            thickness = max(writing.thickness, 0.0 if best is None else best.thickness)
            self._paper[size] = int(MUCH_WIDER * thickness) + 8
        return self._paper[size]

    def _groups_of(self, size: int, near: float) -> list[Group]:
        if (size, near) not in self._groups:
            writing = self._search(size)
            self._groups[size, near] = [] if writing is None else _group_strokes(writing, near)
        return self._groups[size, near]

    def _search(self, size: int) -> Writing | None:
        if size not in self._found:
            found = find_writing(self._dark, size, self._is_inverted)
            self._found[size] = None if found is None else fill_grain(found)
        return self._found[size]


def _group_strokes(writing: Writing, near: float) -> list[Group]:
    """The groups in what is written, with the softer rims of their ink."""
    _, boxes = find_components(writing.strong)
    if len(boxes) < 2:
        return []
    size = _size_of(boxes[1:, 2:4].max(axis=1))
    reach = max(1, round(size * near / 2))
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * reach + 1, 2 * reach + 1))
    labels, boxes = find_components(cv2.dilate(writing.strong, kernel))
    groups = [_cut_group(writing, labels, place, boxes[place]) for place in range(1, len(boxes))]
    return [group for group in groups if group is not None]


def _size_of(sides: NDArray[np.int32]) -> float:
    """How large the writing is: the median of the strokes that are not small, by longer side."""
    return float(np.median(sides[sides >= 0.5 * sides.max()]))


def _cut_group(
    writing: Writing, labels: NDArray[np.int32], place: int, box: NDArray[np.int32]
) -> Group | None:
    """The group at one of the `labels` (h, w), whose box (left, top, width, height, ...) is given."""
    # A clean picture's rims are its own: an enlarged image's are a tenth of it wide.
    reach = int(RIM * max(box[2:4])) + 1 if writing.is_clean else 1
    left, top = (max(0, int(box[axis]) - reach) for axis in (0, 1))
    rows = slice(top, int(box[1] + box[3]) + reach)
    columns = slice(left, int(box[0] + box[2]) + reach)
    core = writing.strong[rows, columns] * (labels[rows, columns] == place)
    others = writing.strong[rows, columns] > core
    values = writing.contrast[rows, columns]
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * reach + 1, 2 * reach + 1))
    rim = (cv2.dilate(core, kernel) > 0) & ~others
    full = float(np.quantile(values[core > 0], 0.98 if writing.is_clean else 0.5))
    lowest = 0.0 if writing.is_clean else 0.5 * writing.threshold
    ink = np.clip((values - lowest) / max(full - lowest, 1e-6), 0, 1)
    ink = np.where(rim & (ink > FAINTEST), ink, 0).astype(np.float32)
    if not writing.is_clean:  # at a shadow's edge what is written may be weaker than the rest of it
        ink = np.maximum(ink, LEAST_INK * core.astype(np.float32))
    thickness = measure_thickness(core)
    there_rows, there_columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
    if not len(there_rows):
        return None
    first, last = there_rows[0], there_rows[-1] + 1
    start, end = there_columns[0], there_columns[-1] + 1
    at_edge = (
        top + first <= 0
        or left + start <= 0
        or top + last >= writing.strong.shape[0]
        or left + end >= writing.strong.shape[1]
    )
    edge = _measure_edge(values, core, full)
    return Group(
        left + int(start),
        top + int(first),
        ink[first:last, start:end],
        full,
        thickness,
        edge,
        _measure_outline(writing.dark[rows, columns], core),
        _measure_paper(writing, labels, place, box, edge, thickness) / full,
        at_edge,
        writing.is_clean,
        _measure_span(core),
    )


def _measure_span(core: Mask) -> float:
    """Which part of the longer side of a group's strokes (h, w) the largest piece spans, 0..1."""
    _, boxes = find_components(core)
    low, high = boxes[1:, :2], boxes[1:, :2] + boxes[1:, 2:4]
    longer = (high.max(axis=0) - low.min(axis=0)).max()
    return float(boxes[1:, 2:4].max() / longer)


def _measure_edge(values: Contrast, core: Mask, full: float) -> float:
    """How many pixels (of `values`) lie between paper and ink of contrast `full`, where steepest."""
    across, down = cv2.spatialGradient(np.round(255 * values).astype(np.uint8))
    steep = np.hypot(across.astype(np.float32), down) / (8 * 255)
    rim = cv2.dilate(core, np.ones((3, 3), np.uint8)) > cv2.erode(core, np.ones((3, 3), np.uint8))
    return full / max(float(np.quantile(steep[rim], 0.75)), 1e-3)


def _measure_outline(dark: NDArray[np.uint8], core: Mask) -> float:
    """The share of the rim of `core` where the picture (h, w) has an edge.

    Of a stroke it is nearly all. Where paper, table or shadow only seems to be a stroke, because a closing
    filled its corner, one side of it is nothing but paper; a fold's shade is sharp on one side alone.
    """
    across, down = cv2.spatialGradient(cv2.blur(dark, (3, 3)))
    steep = np.hypot(across.astype(np.float32), down)
    rim = cv2.dilate(core, np.ones((3, 3), np.uint8)) > cv2.erode(core, np.ones((3, 3), np.uint8))
    return float((steep[rim] > 0.3 * np.quantile(steep[rim], 0.75)).mean())


def _measure_paper(
    writing: Writing,
    labels: NDArray[np.int32],
    place: int,
    box: NDArray[np.int32],
    edge: float,
    thickness: float,
) -> float:
    """The contrast of the paper beside the group at one of the `labels`, less that of its grain.

    That is what lies an edge's width away from all ink and up to a stroke's width farther away from
    the group's: paper is light there, but for a line or two. A wall, a wood or a face is nowhere plain:
    beside what seemed to be ink it is nearly as dark.
    """
    skip, reach = round(edge) + 1, max(3, round(thickness))
    left, top = (max(0, int(box[axis]) - skip - reach) for axis in (0, 1))
    rows = slice(top, int(box[1] + box[3]) + skip + reach)
    columns = slice(left, int(box[0] + box[2]) + skip + reach)
    strong = writing.strong[rows, columns]
    from_ink = cv2.distanceTransform(1 - strong, cv2.DIST_L2, 5)
    core = strong * (labels[rows, columns] == place)
    from_group = cv2.distanceTransform(1 - core, cv2.DIST_L2, 5)
    is_beside = (from_ink > skip) & (from_group <= skip + reach)
    paper = writing.contrast[rows, columns][is_beside]
    return max(0.0, float(np.median(paper)) - GRAIN * writing.noise) if len(paper) else 0.0


def join_groups(one: Group, other: Group) -> Group:
    """Both groups' ink as one group."""
    left, top = min(one.left, other.left), min(one.top, other.top)
    right, bottom = max(one.box[2], other.box[2]), max(one.box[3], other.box[3])
    ink = np.zeros((bottom - top, right - left), np.float32)
    for part in (one, other):
        rows = slice(part.top - top, part.top - top + part.height)
        columns = slice(part.left - left, part.left - left + part.width)
        np.maximum(ink[rows, columns], part.ink, out=ink[rows, columns])
    large = max(one, other, key=lambda group: group.longer)
    at_edge = one.at_edge or other.at_edge
    return replace(large, left=left, top=top, ink=ink, at_edge=at_edge)


def is_digit_like(group: Group) -> bool:
    """Whether a group has a digit's shape: no word, no line of the paper, no solid stain."""
    return (
        group.width <= WIDEST_DIGIT * group.height
        and group.thickness <= THICKEST * group.longer
        and group.thickness >= THINNEST * group.longer
        and group.contrast >= FAINTEST_INK
        and group.edge <= SOFTEST * group.longer + 4
        and _is_outlined(group)
        and _is_on_something_light(group)
        and group.longer >= 8
        and not _is_stain(group)
        and not is_words(group)
    )


def _is_outlined(group: Group) -> bool:
    """Whether a group has an edge all round, as ink has. Not told of clean pictures."""
    least = OUTLINED_THIN if group.thickness < THIN_STROKE else OUTLINED
    return group.is_clean or group.outlined >= least


def is_on_paper(group: Group) -> bool:
    """Whether it is light beside a group: whether it can be ink on paper. Not told of clean pictures."""
    return group.is_clean or group.paper <= PLAIN


def _is_on_something_light(group: Group) -> bool:
    """The same; strong ink may be on wood or skin, too."""
    return is_on_paper(group) or (group.paper <= GRAINED and group.contrast >= FAINT_INK)


def _is_stain(group: Group) -> bool:
    """Whether a group is as weak and soft as what ran into the paper: a cup's ring is no zero.

    A fold's shade and what is left of a line are as weak. Of a clean picture only a fold is told: it may
    be a photo after all, whose white paper has lost its grain to too much light.
    """
    if _is_blot(group):
        return True
    if group.contrast >= FAINT_INK:
        return False
    if group.is_clean:
        return group.edge > FOLD
    soft = SOFT_ROUND if _is_round(group) else SOFT_STROKE
    softest = min(FOLD, max(SOFT_EDGE, soft * group.thickness))
    return group.edge > softest or group.longer < LEFT_OVER


def _is_blot(group: Group) -> bool:
    """Whether a group is weak, soft and somewhere far thicker than a pen: drops, or a drop at a ring."""
    is_soft = group.edge > max(SOFT_EDGE, BLOT_EDGE * group.longer)
    if group.is_clean or group.contrast >= BLOT_INK or not is_soft:
        return False
    return measure_thickest((group.ink > 0.5).astype(np.uint8)) > BLOT * group.longer


def _is_round(group: Group) -> bool:
    """Whether a group fills a circle, or is one."""
    places = np.argwhere(group.ink > 0.5).astype(np.int32)
    area = cv2.contourArea(np.asarray(cv2.convexHull(places), np.int32)) if len(places) else 0.0
    return abs(area / (np.pi / 4 * group.longer**2) - 1) < ROUND


def is_words(group: Group) -> bool:
    """Whether a group is a word or several, by how much stroke is in it: a digit has less.

    Not told of clean pictures' groups that are no wider than a digit: dots of dithering count as ink.
    """
    if group.width > WIDEST_DIGIT * group.height:
        return group.length > LONGEST_IN_WIDE * group.longer
    return not group.is_clean and group.length > LONGEST_STROKE * group.longer


def stands_out(groups: Sequence[Group]) -> Group | None:
    """The group that is most likely meant: large, of strong ink, of a digit's shape, not a row of holes."""
    digits = [group for group in groups if is_digit_like(group)]
    inner = [group for group in digits if not group.at_edge]
    return max(inner or digits, key=_prominence, default=None)


def _prominence(group: Group) -> float:
    return group.longer * group.contrast * group.spanned
