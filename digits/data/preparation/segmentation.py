"""Finds writing on paper: ink apart from light, lines and stains, and strokes that belong together.

Imports OpenCV, which takes a while to load: import this module only when a picture comes.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

Contrast = NDArray[np.float32]  # (h, w), 0..1: the part of the paper's light that a pixel lacks
Mask = NDArray[np.uint8]  # (h, w), 0 or 1

WIDEST_STROKE = 0.34  # of the shorter side: what is wider is paper, table or shadow
CLEAN = 0.004  # noise below one grey level: drawn by a program, not photographed
FAINT = 0.3  # contrast from which a clean picture's ink is ink
RIM = 0.12  # of the longer side: as far from the strokes a clean picture's ink may go
FAINTEST = 0.03  # contrast below this part of the ink's is no ink in a clean picture
LEAST_CONTRAST = 0.07  # less than this is never ink
LINE_LENGTH = 0.5  # of the picture's side: a straight line as long as this belongs to the paper
FEW_LINES = 3  # from this many on, the paper is taken for lined
LINE_THICKNESS = 0.016  # of the shorter side, at most
SPECK = (
    0.12  # of the largest stroke's longer side: anything smaller is no part of a digit by itself
)
SMALLEST_STROKE = 0.02  # of the shorter side: anything smaller is a speck, whatever else there is
MUCH_WIDER = 3.2  # times as wide as a stroke is what belongs to the paper
WEAKER = 0.55  # of the ink's contrast: weaker is a shadow or a stain
NEAR = 0.1  # of the largest group's longer side: strokes closer than that belong together
WIDEST_DIGIT = 2.2  # times as wide as high: wider groups are words or lines
THINNEST = 1 / 90  # of the longer side: thinner groups are lines of the paper
FAINTEST_INK = 0.15  # contrast: what is weaker is light on the paper, not ink
OUTLINED = 0.75  # the least share of its rim where a group must have an edge
SOFTEST = 0.08  # of the longer side: softer edges are those of a shadow or a fold
THICKEST = 0.45  # of the longer side: thicker groups are stains


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
    at_edge: bool  # touches the picture's edge
    is_clean: bool  # of a picture that a program drew

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


@dataclass(frozen=True)
class Writing:
    """What in a picture is written: where, how strongly, and how thick its strokes are."""

    dark: NDArray[np.uint8]  # (h, w), the picture itself, dark on light
    contrast: Contrast
    strong: Mask  # the writing, without the paper's lines
    threshold: float  # contrast from which a pixel is written
    is_clean: bool  # drawn by a program, not photographed
    thickness: float  # of the larger strokes, in pixels


def find_contrast(dark: NDArray[np.uint8], size: int) -> tuple[Contrast, float]:
    """How much darker each pixel (h, w) of `dark` (h, w, 3) is than the paper; and the noise.

    The paper is what a morphological closing leaves: what is narrower than `size` pixels and darker
    than its surroundings vanishes. Dividing by it takes the light away, most of a shadow included.
    """
    paper = _find_paper(dark, size)
    # 4 grey levels more on both sides: in the dark a level up or down is no contrast.
    left = cv2.divide(cv2.add(dark, (4.0,) * 4), cv2.add(paper, (4.0,) * 4), dtype=cv2.CV_32F)
    contrast = 1 - cv2.transform(left, np.full((1, 3), 1 / 3, np.float32))
    part = contrast[: 2 * max(contrast.shape) // 3 : 2]  # enough to know the noise by
    noise = 1.48 * float(np.median(np.abs(part - cv2.GaussianBlur(part, (0, 0), 2))))
    return np.clip(contrast, 0, 1), noise


def _find_paper(colours: NDArray[np.uint8], size: int) -> NDArray[np.uint8]:
    """The paper (h, w, 3) under the ink, from a picture half as large: it has no detail."""
    height, width = colours.shape[:2]
    half = cv2.resize(
        colours, (max(1, width // 2), max(1, height // 2)), interpolation=cv2.INTER_AREA
    )
    side = max(3, size // 2) | 1
    kernel = cv2.getStructuringElement(cv2.MORPH_RECT, (side, side))
    # Going on beyond the edge, a strip of table there is as wide as anything.
    wide = cv2.copyMakeBorder(half, side, side, side, side, cv2.BORDER_REPLICATE)
    paper = cv2.morphologyEx(wide, cv2.MORPH_CLOSE, kernel)
    paper = paper[side : side + half.shape[0], side : side + half.shape[1]]
    return cv2.resize(paper, (width, height), interpolation=cv2.INTER_LINEAR)


def _dark_on_light(colours: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """`colours` (h, w, 3), inverted where the ink is lighter than the paper.

    In a clean picture each colour is told by itself: blue on yellow is dark, but not in blue.
    """
    grey = cv2.cvtColor(colours, cv2.COLOR_RGB2GRAY)
    if is_clean(grey):
        parts = [cv2.bitwise_not(c) if is_light_on_dark(c, True) else c for c in cv2.split(colours)]
        return cv2.merge(parts)
    return cv2.bitwise_not(colours) if is_light_on_dark(grey, False) else colours


def is_light_on_dark(grey: NDArray[np.uint8], clean: bool) -> bool:
    """Whether the ink is lighter than the paper (h, w): whether what a median takes away is light.

    In a photo the median is narrower and the rim counts less, because of the paper's corners on a
    darker table.
    """
    factor = 160 / max(grey.shape)
    small = cv2.resize(grey, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
    rest = (small.astype(np.float64) - cv2.medianBlur(small, 61 if clean else 31)) ** 3
    if not clean:
        down, across = (1 - np.abs(np.linspace(-1, 1, side)) for side in small.shape)
        rest *= np.minimum(1, 2 * np.minimum.outer(down, across)) ** 2
    return bool(rest.sum() > 0)


def is_clean(grey: NDArray[np.uint8]) -> bool:
    """Whether a picture (h, w) has no grain: drawn by a program, not photographed."""
    rows = np.ascontiguousarray(grey[::2])
    return bool((cv2.absdiff(rows, cv2.medianBlur(rows, 5)) > 0).mean() < 0.25)


def find_groups(
    colours: NDArray[np.uint8], near: float = NEAR, widest: float = WIDEST_STROKE
) -> list[Group]:
    """All groups of strokes in a picture (h, w, 3), in no order.

    Strokes closer than `near`, a part of the strokes' size, belong to one group. In a photo what is
    wider than `widest`, a part of the shorter side, is no stroke.
    """
    dark = _dark_on_light(colours)
    short = min(dark.shape[:2])
    writing = find_writing(dark, int(short * widest))
    if writing is not None and writing.is_clean and widest < WIDEST_STROKE:
        writing = find_writing(dark, int(short * WIDEST_STROKE))
    if writing is None:
        return []
    # Now that the strokes' thickness is known, all that is much wider counts as paper.
    narrower = int(MUCH_WIDER * writing.thickness) + 8
    if narrower < 0.7 * short * widest and not writing.is_clean:
        writing = find_writing(dark, narrower) or writing
    return _groups_of(writing, near)


def find_writing(dark: NDArray[np.uint8], size: int) -> Writing | None:
    """What is written in a picture dark on light, strokes at most `size` wide; None for nothing."""
    contrast, noise = find_contrast(dark, size)
    clean = noise < CLEAN
    smooth = contrast if clean else cv2.GaussianBlur(contrast, (0, 0), 1.0)
    floor = max(LEAST_CONTRAST, 5 * noise)
    present = smooth > floor
    if not present.any():
        return None
    threshold = max(floor, 0.9 * otsu(smooth[present]))
    if clean:  # what is faint was drawn faint: a soft rim, a gap that is none
        threshold = max(floor, min(threshold, FAINT))
    strong = _without_lines((smooth > threshold).astype(np.uint8), clean)
    depth, middle = _find_middle(strong)
    if not middle.any():
        return None
    # The ink is about as strong everywhere; a shadow's corner or a stain is weaker.
    if not clean:
        threshold = max(threshold, WEAKER * float(np.median(smooth[middle])))
    strong &= smooth > threshold
    grey = cv2.cvtColor(dark, cv2.COLOR_RGB2GRAY)
    return Writing(grey, smooth, strong, threshold, clean, 2 * float(np.median(depth[middle])))


def _without_lines(strong: Mask, clean: bool) -> Mask:
    """`strong` without the paper's lines and what comes in from the edge.

    Where nothing else is there, one stroke stays: it may be a long one, or come in from the edge. In
    a clean picture strokes are straighter than by hand, so only a line from edge to edge is the
    paper's.
    """
    lines = find_lines(strong, 0.95 if clean else LINE_LENGTH)
    left = remove_lines(strong, lines) if len(lines) else strong
    if len(lines) >= FEW_LINES and not clean:  # where there are several there are more, less clear
        left = remove_lines(left, _along(find_lines(left, LINE_LENGTH / 2), lines))
    inner = _without_specks(left, with_edge=False)
    if inner.any():
        return inner
    whole = _without_specks(strong, with_edge=True)
    is_one = cv2.connectedComponents(whole)[0] == 2
    return whole if is_one and not _lies_along_edge(whole) else inner


def _along(candidates: NDArray[np.float64], lines: NDArray[np.float64]) -> NDArray[np.float64]:
    """Those of the `candidates` (n, 4) that run as one of the `lines` does, to some 3 degrees."""
    angles, known = (
        np.arctan2(found[:, 3] - found[:, 1], found[:, 2] - found[:, 0])
        for found in (candidates, lines)
    )
    apart = np.abs((angles[:, None] - known + np.pi / 2) % np.pi - np.pi / 2)
    return candidates[apart.min(axis=1) < 0.05] if len(candidates) else candidates


def _lies_along_edge(strong: Mask) -> bool:
    """Whether what is in a mask touches the picture's edge with much of its length, as a table does."""
    rows, columns = np.flatnonzero(strong.any(axis=1)), np.flatnonzero(strong.any(axis=0))
    longer = max(np.ptp(rows), np.ptp(columns)) + 1 if len(rows) else 1
    contacts = (strong[0], strong[-1], strong[:, 0], strong[:, -1])
    return max(int(np.count_nonzero(contact)) for contact in contacts) > 0.3 * longer


def _without_specks(strong: Mask, with_edge: bool) -> Mask:
    """`strong` without specks, and without what touches the picture's edge unless `with_edge`."""
    height, width = strong.shape
    _, labels, boxes, _ = cv2.connectedComponentsWithStats(strong, connectivity=8)
    left, top, wide, high = boxes[:, :4].T
    is_inner = (left > 0) & (top > 0) & (left + wide < width) & (top + high < height)
    longer = np.where(is_inner | with_edge, np.maximum(wide, high), 0)
    longer[0] = 0
    keep = longer >= max(SPECK * longer.max(), SMALLEST_STROKE * min(height, width), 1)
    return keep[labels].astype(np.uint8)


def _find_middle(strong: Mask) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
    """How deep each pixel (h, w) is in its stroke, and the strokes' middles, of larger ones only.

    Of a thin stroke that runs into a shadow's corner, most of the middle is the stroke's.
    """
    _, labels, boxes, _ = cv2.connectedComponentsWithStats(strong, connectivity=8)
    longer = boxes[:, 2:4].max(axis=1)
    longer[0] = 0
    large = ((longer >= 0.5 * longer.max())[labels] & (strong > 0)).astype(np.uint8)
    depth = cv2.distanceTransform(large, cv2.DIST_L2, 5)
    middle = (depth > 0) & (depth >= cv2.dilate(depth, np.ones((3, 3), np.uint8)) - 1e-3)
    return depth, middle


def otsu(values: NDArray[np.float32]) -> float:
    """The threshold (0..1) that parts `values` best into two (Otsu, 1979)."""
    levels = np.clip(values * 255, 0, 255).astype(np.uint8).reshape(1, -1)
    return cv2.threshold(levels, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)[0] / 255


def find_lines(strong: Mask, least: float) -> NDArray[np.float64]:
    """Straight lines as long as `least` of the shorter side, as segments (n, 4) of x, y, x, y."""
    half = cv2.resize(strong * np.uint8(255), None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    half = (half > 60) * np.uint8(255)
    short = min(half.shape)
    found = cv2.HoughLinesP(
        half,
        1,
        np.pi / 720,
        threshold=int(short * 0.25),
        minLineLength=short * least,
        maxLineGap=max(2, short * 0.02),
    )
    return np.zeros((0, 4)) if found is None else 2.0 * found.reshape(-1, 4)


def remove_lines(strong: Mask, lines: NDArray[np.float64]) -> Mask:
    """`strong` without the lines, but with the strokes that cross them."""
    left = strong.copy()
    reach = max(3, int(min(strong.shape) * LINE_THICKNESS))
    for x1, y1, x2, y2 in lines:
        if abs(x2 - x1) >= abs(y2 - y1):
            _remove_level_line(left, (x1, y1), (x2, y2), reach)
        else:
            _remove_level_line(left.T, (y1, x1), (y2, x2), reach)
    return left


def _remove_level_line(
    mask: Mask, start: tuple[float, float], end: tuple[float, float], reach: int
) -> None:
    """Take a line that is more level than upright out of `mask`, where it is no thicker than usual.

    Where it is thicker than usual a stroke crosses it.
    """
    (x1, y1), (x2, y2) = sorted((start, end))
    columns = np.arange(max(0, int(x1) - 2 * reach), min(mask.shape[1], int(x2) + 2 * reach))
    middle = np.rint(y1 + (columns - x1) * (y2 - y1) / (x2 - x1)).astype(int)
    if not _is_inked(mask, columns, middle, 1):
        return  # it was another piece of a line that is out already
    # What was seen of the line may be a part: it goes on from edge to edge.
    columns = np.arange(mask.shape[1])
    middle = np.rint(y1 + (columns - x1) * (y2 - y1) / (x2 - x1)).astype(int)
    rows = middle[:, None] + np.arange(-2 * reach, 2 * reach + 1)
    inside = (rows >= 0) & (rows < mask.shape[0])
    rows = np.clip(rows, 0, mask.shape[0] - 1)
    run, thickness = _runs_at_centre((mask[rows, columns[:, None]] > 0) & inside)
    usual = float(np.median(thickness[thickness > 0]))
    if usual <= reach:
        gone = run & (thickness <= 1.5 * usual + 2)[:, None]
        mask[rows[gone], np.broadcast_to(columns[:, None], rows.shape)[gone]] = 0


def _is_inked(mask: Mask, columns: NDArray[np.int_], middle: NDArray[np.int_], off: int) -> bool:
    """Whether half of the places on a line, or up to `off` pixels beside them, are ink."""
    rows = np.clip(middle[:, None] + np.arange(-off, off + 1), 0, mask.shape[0] - 1)
    return bool((mask[rows, columns[:, None]] > 0).any(axis=1).mean() >= 0.5)


def _runs_at_centre(ink: NDArray[np.bool_]) -> tuple[NDArray[np.bool_], NDArray[np.int_]]:
    """Of each row (n, w) the run of ink nearest its centre, and the run's length (n,), 0 for none."""
    count, width = ink.shape
    away = np.where(ink, np.abs(np.arange(width) - width // 2), width)
    nearest = away.argmin(axis=1)
    is_near = away[np.arange(count), nearest] <= max(2, width // 12)
    starts = ink.copy()
    starts[:, 1:] &= ~ink[:, :-1]
    runs = starts.cumsum(axis=1, dtype=np.uint8)
    same = ink & (runs == runs[np.arange(count), nearest][:, None]) & is_near[:, None]
    return same, same.sum(axis=1)


def _groups_of(writing: Writing, near: float) -> list[Group]:
    """The groups in what is written, with the softer rims of their ink."""
    count, _, boxes, _ = cv2.connectedComponentsWithStats(writing.strong, connectivity=8)
    if count < 2:
        return []
    size = _size_of(boxes[1:, 2:4].max(axis=1))
    reach = max(1, round(size * near / 2))
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * reach + 1, 2 * reach + 1))
    count, labels, boxes, _ = cv2.connectedComponentsWithStats(cv2.dilate(writing.strong, kernel))
    groups = [_cut_group(writing, labels, place, boxes[place]) for place in range(1, count)]
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
    return Group(
        left + int(start),
        top + int(first),
        ink[first:last, start:end],
        full,
        thickness,
        _measure_edge(values, core, full),
        _measure_outline(writing.dark[rows, columns], core),
        at_edge,
        writing.is_clean,
    )


def _measure_edge(values: Contrast, core: Mask, full: float) -> float:
    """How many pixels (of `values`) lie between paper and ink of contrast `full`, where steepest."""
    across, down = cv2.spatialGradient(np.round(255 * values).astype(np.uint8))
    steep = np.hypot(across.astype(np.float32), down) / (8 * 255)
    rim = cv2.dilate(core, np.ones((3, 3), np.uint8)) > cv2.erode(core, np.ones((3, 3), np.uint8))
    return full / max(float(np.quantile(steep[rim], 0.75)), 1e-3)


def _measure_outline(dark: NDArray[np.uint8], core: Mask) -> float:
    """The share of the rim of `core` where the picture (h, w) has an edge.

    Of a stroke it is all. Where paper, table or shadow only seems to be a stroke, because a closing
    filled its corner, one side of it is nothing but paper.
    """
    across, down = cv2.spatialGradient(cv2.blur(dark, (3, 3)))
    steep = np.hypot(across.astype(np.float32), down)
    rim = cv2.dilate(core, np.ones((3, 3), np.uint8)) > cv2.erode(core, np.ones((3, 3), np.uint8))
    return float((steep[rim] > 0.3 * np.quantile(steep[rim], 0.75)).mean())


def measure_thickness(core: Mask) -> float:
    """How thick the strokes of a mask are, in pixels, by how deep its pixels are on average.

    Across a stroke of n pixels the depth goes up to n / 2 and down again: on average n / 4. The
    constant is what distanceTransform's whole pixels add. Unlike the depth along the middle, this
    does not mind a ragged or dithered rim.
    """
    depth = cv2.distanceTransform(np.pad(core, 1), cv2.DIST_L2, 5)
    return max(1.0, 4 * float(depth[depth > 0].mean()) - 2) if core.any() else 1.0


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
        and (group.is_clean or group.outlined >= OUTLINED)
        and group.longer >= 8
    )


def thicken(ink: NDArray[np.float32], thickness: float, wanted: float) -> NDArray[np.float32]:
    """`ink` (h, w) with strokes `wanted` pixels thick instead of `thickness`, tight around them."""
    grow = (wanted - thickness) / 2
    margin = max(0, int(np.ceil(grow))) + 1
    core = np.pad((ink > 0.5).astype(np.uint8), margin)
    if grow >= 0:
        changed = grow + 1 - cv2.distanceTransform(1 - core, cv2.DIST_L2, 5)
    else:
        changed = grow + 0.5 + cv2.distanceTransform(core, cv2.DIST_L2, 5)
    changed = np.clip(changed, 0, 1)
    if not changed.any():
        return ink
    rows, columns = np.flatnonzero(changed.any(axis=1)), np.flatnonzero(changed.any(axis=0))
    return changed[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1].astype(np.float32)
