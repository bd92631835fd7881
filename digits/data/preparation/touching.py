"""Digits that touch in a picture are cut apart, where it is clear how and what they are.

A cut is a path from the top of a group of strokes to its bottom that crosses as little ink as it can.
Every way to cut a group into digits is a reading of it; one is believed if all its digits are sure and no
other reading comes near. The pad knows its strokes and cuts between them (pad_digits.py); of a picture
there is nothing but the ink.

Imports OpenCV, which takes a while to load: import this module only when a picture comes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from digits.data.preparation.components import find_components
from digits.data.preparation.digit_pieces import Prepare
from digits.data.preparation.grouping import PictureJudge
from digits.data.preparation.pad_digits import AS_LARGE
from digits.data.preparation.stroke_groups import Group, is_digit_like

LOWEST = 12  # pixels: of a lower group nothing can be cut
MOST_DIGITS = 8  # as wide as high together; wider is a line of words
ROWS = 32  # of the shrunken group in which paths are looked for
STEP = 2  # of its columns: so far apart paths begin
FROM = (0.25, 0.5, 0.75)  # of the height, where they begin, to go up and down from there
SIDEWAYS = 0.1  # of a pixel of ink: what a step to the side costs a path
THROUGH = 1.8  # times the strokes' thickness: a path crosses one stroke, not two
APART = 0.06  # of the height: paths nearer to each other are one
NARROWEST, WIDEST = 0.06, 1.0  # of the group's height is a digit's width
SPECK = 0.08  # of a digit's ink: a piece that has less is a neighbour's
LYING = 0.98  # how sure one digit is that lies on its side
LIKELY = 0.5  # how sure a reading must be of each digit to count at all
MOST_DOUBT = 0.005  # of the digit that is in most doubt, to be believed
CLEAR = 10.0  # times as much doubt must there be in any other reading
LEAST_DOUBT = 1e-5  # less says no more
ARCHES = frozenset({1, 7})  # of these alone may be an m, an n or a u
MOST_READINGS = 8  # of what is right of a path: so many are followed

Path = NDArray[np.float64]  # (height,): where it is in each row, in pixels from the left


@dataclass(frozen=True)
class _Reading:
    """Digits side by side, what they are, and how much doubt is in that: 0..1."""

    digits: tuple[Group, ...]
    labels: tuple[int, ...]
    doubt: float

    def after(self, digit: Group, label: int, doubt: float) -> _Reading:
        return _Reading((digit, *self.digits), (label, *self.labels), max(doubt, self.doubt))


def may_touch(group: Group) -> bool:
    """Whether a group is high enough to be cut, wider than high, and not too wide."""
    return group.height >= LOWEST and 1 <= group.width / group.height < MOST_DIGITS


def cut_apart(group: Group, prepare: Prepare, judge: PictureJudge) -> list[Group]:
    """The digits of a group from left to right; the group itself where it is one, or it isn't clear.

    An 8 that lies on its side is no two zeros.
    """
    image = prepare(group)
    if judge.look(np.stack([np.rot90(image), np.rot90(image, -1)])).max() >= LYING:
        return [group]
    paths = [np.zeros(group.height), *_find_paths(group), np.full(group.height, float(group.width))]
    last = len(paths) - 1
    parts = {
        (start, end): part
        for start in range(last)
        for end in range(start + 1, last + 1)
        if (part := _between(group, paths[start], paths[end])) is not None
    }
    if is_digit_like(group):  # it may be one wide digit
        parts[0, last] = group
    best, *others = _read(parts, last, prepare, judge) or [_Reading((group,), (), 1.0)]
    is_sure = best.doubt <= MOST_DOUBT and not ARCHES.issuperset(best.labels)
    is_clear = all(other.doubt >= CLEAR * best.doubt for other in others)
    return list(best.digits) if is_sure and is_clear else [group]


def _read(
    parts: dict[tuple[int, int], Group], last: int, prepare: Prepare, judge: PictureJudge
) -> list[_Reading]:
    """The best ways to go from path 0 to the `last` by `parts`, each from one path to another."""
    if not parts:
        return []
    looks = judge.look(np.stack([prepare(part) for part in parts.values()]))
    # The readings of all that is right of each path, the last first; right of that is nothing.
    readings: list[list[_Reading]] = [[] for _ in range(last)] + [[_Reading((), (), LEAST_DOUBT)]]
    seen = zip(parts.items(), looks, strict=True)
    for ((start, end), part), likely in sorted(seen, key=lambda one: one[0][0], reverse=True):
        label, doubt = int(likely.argmax()), 1 - float(likely.max())
        if doubt > 1 - LIKELY:
            continue
        longer = [
            rest.after(part, label, doubt)
            for rest in readings[end]
            if not rest.digits or _are_as_large(part, rest.digits[0])
        ]
        readings[start] = _best([*readings[start], *longer])
    return readings[0]


def _best(readings: Sequence[_Reading]) -> list[_Reading]:
    """Those with the least doubt first, of the same labels only one."""
    best: dict[tuple[int, ...], _Reading] = {}
    for one in sorted(readings, key=lambda reading: reading.doubt):
        best.setdefault(one.labels, one)
    return list(best.values())[:MOST_READINGS]


def _are_as_large(one: Group, other: Group) -> bool:
    small, large = sorted((one.longer, other.longer))
    return small >= AS_LARGE * large


def _find_paths(group: Group) -> list[Path]:
    """Where a group may be cut, from left to right."""
    scale = ROWS / group.height
    width = max(3, round(group.width * scale))
    ink = cv2.resize(group.ink, (width, ROWS), interpolation=cv2.INTER_AREA).astype(np.float64)
    down, up = _cheapest(ink), _cheapest(ink[::-1])[::-1]
    most = THROUGH * group.thickness * scale
    found: list[tuple[float, NDArray[np.int_]]] = []
    for row in (int(part * ROWS) for part in FROM):
        cost = down[row] + up[row] - ink[row]
        begun = [column for column in range(0, width, STEP) if cost[column] <= most]
        found += [(float(cost[column]), _follow(down, up, row, column)) for column in begun]
    kept: list[NDArray[np.int_]] = []
    for _, path in sorted(found, key=lambda one: one[0]):
        if all(np.abs(path - other).mean() > APART * ROWS for other in kept):
            kept.append(path)
    kept.sort(key=lambda path: float(path.mean()))
    rows = (np.arange(group.height) + 0.5) * scale - 0.5
    return [np.interp(rows, np.arange(ROWS), (path + 0.5) / scale) for path in kept]


def _cheapest(ink: NDArray[np.float64]) -> NDArray[np.float64]:
    """What the best path from the top to each pixel (h, w) costs, that one's ink included."""
    cost = ink.copy()
    for row in range(1, len(ink)):
        above = np.pad(cost[row - 1], 1, constant_values=np.inf)
        cost[row] += np.minimum(above[1:-1], np.minimum(above[:-2], above[2:]) + SIDEWAYS)
    return cost


def _follow(
    down: NDArray[np.float64], up: NDArray[np.float64], row: int, column: int
) -> NDArray[np.int_]:
    """The best path through a pixel: a column for each row."""
    path = np.full(len(down), column)
    for cost, rows in ((down, range(row - 1, -1, -1)), (up, range(row + 1, len(up)))):
        at = column
        for one in rows:
            near = [place for place in (at, at - 1, at + 1) if 0 <= place < cost.shape[1]]
            at = min(near, key=lambda place: cost[one, place] + SIDEWAYS * (place != at))
            path[one] = at
    return path


def _between(group: Group, left: Path, right: Path) -> Group | None:
    """What of a group is between two paths; None where that has not a digit's shape."""
    if (right - left).mean() > WIDEST * group.height:
        return None
    first = min(int(left.min()), group.width - 1)
    last = min(int(np.ceil(right.max())), group.width)
    columns = np.arange(first, last)
    inside = (columns >= left[:, None]) & (columns < right[:, None])
    ink = np.where(inside, group.ink[:, first:last], 0).astype(np.float32)
    labels, boxes = find_components((ink > 0).astype(np.uint8))
    is_large = boxes[:, 4] >= SPECK * boxes[1:, 4].sum()
    is_large[0] = False
    ink[~is_large[labels]] = 0
    rows, there = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
    if not len(rows):
        return None
    top, bottom, start, end = rows[0], rows[-1] + 1, there[0], there[-1] + 1
    if not NARROWEST * group.height <= end - start <= WIDEST * group.height:
        return None
    part = replace(
        group,
        left=group.left + first + int(start),
        top=group.top + int(top),
        ink=ink[top:bottom, start:end],
        spanned=1.0,
    )
    return part if is_digit_like(part) else None
