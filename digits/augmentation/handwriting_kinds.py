"""Digits as strangers write them, made by rule: each kind is a recipe with its own random measures.

A form in glyphs.py is one example, moved about a little. What is here varies the very thing that
makes a kind: how long a zero's slash is, where it crosses and how it leans; how long a one's flag is
and how steep; how far a nine's tail curls. These are the kinds that most strangers' mistakes are of
(docs/training.md). Units: a digit is about 10 high, x right, y down.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from digits.augmentation.glyphs import curve

Line = NDArray[np.float64]  # (n, 2)
Random = np.random.Generator


def draw_kind(digit: int, random: Random) -> list[Line]:
    """A digit of one of the kinds that there are for it, as strokes: each (n, 2)."""
    kinds = KINDS[digit]
    return kinds[random.integers(len(kinds))](random)


def _points(*points: tuple[float, float], spread: float, random: Random) -> Line:
    return np.array(points, dtype=np.float64) + random.normal(0, spread, (len(points), 2))


def _corners(*lines: Line) -> Line:
    """One stroke out of several that meet in corners."""
    return np.concatenate(lines)


def _oval(random: Random, width: float) -> Line:
    """A loop 10 high that begins anywhere and ends a little early, late, inside or outside."""
    start = random.uniform(0, 2 * np.pi)
    if random.random() < 0.6:
        start = -np.pi / 2 + random.normal(0, 0.4)  # at the top, as most people do
    turn = 2 * np.pi + random.normal(0.1, 0.3)
    angles = start + random.choice([-1, 1], p=[0.8, 0.2]) * np.linspace(0, turn, 22)
    drift = 1 + random.normal(0, 0.07) * np.linspace(0, 1, 22)
    square = random.uniform(0.75, 1.05)  # below 1: flatter sides
    x, y = np.cos(angles), np.sin(angles)
    x, y = np.sign(x) * np.abs(x) ** square, np.sign(y) * np.abs(y) ** square
    return np.stack([x * width / 2 * drift, y * 5 * drift], axis=1)


def slashed_zero(random: Random) -> list[Line]:
    """A zero with a slash or bar: upright, slanted or level; inside the oval or far beyond it."""
    width = 10 * random.uniform(0.35, 1.05)
    oval = _oval(random, width)
    leaning = {"slanted": random.normal(0.55, 0.2), "upright": random.normal(0.1, 0.15)}
    leaning |= {"level": np.pi / 2 + random.normal(0, 0.15), "back": random.normal(-0.6, 0.2)}
    lean = leaning[str(random.choice(list(leaning), p=[0.5, 0.28, 0.12, 0.10]))]
    way = np.array([np.sin(lean), -np.cos(lean)])  # a unit, upwards where it is not level
    # How far it is from the oval's middle to its rim that way: what the slash is measured by.
    rim = 1 / np.hypot(way[0] / (width / 2), way[1] / 5)
    reach = rim * random.choice([random.uniform(0.55, 1.0), random.uniform(1.0, 2.1)], p=[0.4, 0.6])
    ends = reach * (1 + random.normal(0, 0.15, 2))
    middle = random.normal(0, 0.6, 2) * [width / 10, 1]
    slash = np.stack([middle + way * ends[0], middle, middle - way * ends[1]])
    slash[1] += random.normal(0, 0.25, 2)
    if random.random() < 0.25:
        slash = slash[::-1]
    if random.random() < 0.12:  # the pen stays down between the oval and the slash
        return [_corners(oval, curve(slash))]
    both = [oval, curve(slash)]
    return both[::-1] if random.random() < 0.2 else both


def flagged_one(random: Random) -> list[Line]:
    """A one with a flag, from a tick to nearly as long as it is high, and perhaps a foot."""
    # From nearly level (0.15) to nearly upright (1.4); only a level one must stay short.
    steep = random.uniform(0.12, 1.4)
    length = random.uniform(1.2, 3.4 if steep < 0.45 else 4.5 if steep < 0.8 else 7.5)
    flag = [-length * np.cos(steep), length * np.sin(steep)]
    bow = random.normal(0, 0.12, 2) * length
    up = curve(np.array([flag, [flag[0] / 2 + bow[0], flag[1] / 2 + bow[1]], [0, 0]]))
    low = [random.normal(0, 0.5), 10]
    down = curve(np.array([[0, 0], [random.normal(0, 0.15), 5], low]))
    lines = [_corners(up, down)] if random.random() < 0.9 else [up, down]
    return _with_foot(lines, low, random) if random.random() < 0.4 else lines


def _with_foot(lines: list[Line], low: list[float], random: Random) -> list[Line]:
    left, right = random.uniform(0.8, 4.2), random.uniform(0.8, 4.5)
    tilt = random.normal(0, 0.5, 2)
    start, end = [low[0] - left, low[1] + tilt[0]], [low[0] + right, low[1] + tilt[1]]
    if random.random() < 0.25:  # without lifting the pen
        return [*lines[:-1], _corners(lines[-1], np.array([start, end]))]
    height = random.normal(0, 0.35)
    foot = np.array([start, end])
    foot[:, 1] += height
    return [*lines, foot]


def retraced_one(random: Random) -> list[Line]:
    """A one whose downstroke is followed upwards again, or begun with a long upstroke."""
    gap = abs(random.normal(0, 0.6)) + 0.1
    lean = random.normal(0.8, 0.8)
    top, low = np.array([lean, 0.0]), np.array([0.0, 10.0])
    back = np.array([[lean * 0.5 + gap / 2, 5.0], [lean + gap, random.uniform(-0.5, 5)]])
    down = curve(np.array([top, [lean / 2, 5], low]))
    up = curve(np.array([low, *back]))
    if random.random() < 0.5:
        begin = np.array([[-gap, random.uniform(4, 10)], [lean / 2 - gap, 4], top])
        return [_corners(curve(begin), down)]
    return [_corners(down, up)]


def footed_one(random: Random) -> list[Line]:
    """A plain downstroke on a foot."""
    low = [random.normal(0, 0.5), 10.0]
    return _with_foot([np.array([[random.normal(0.4, 0.6), 0], low])], low, random)


def curled_nine(random: Random) -> list[Line]:
    """A nine whose tail curls left and up towards its body."""
    width = random.uniform(4, 7)
    body = random.uniform(2.6, 5.2)  # how high the loop is
    curl = random.uniform(0, 1)
    reach = random.uniform(0.5, 1.15) * width
    loop = [(width, 1.3), (width * 0.55, 0), (0.3, body * 0.45), (width * 0.4, body)]
    loop += [(width, body * 0.5)]
    tail = [(width * 1.02, body + 2.2), (width * 0.9, 8.6), (width * 0.45, 10)]
    tail += [(width - reach, 9.4 - 1.0 * curl), (width - reach, 9.2 - 2.6 * curl)]
    if curl > 0.6:
        tail += [(width * 0.45, body + (10 - body) * random.uniform(0.2, 0.5))]
    if random.random() < 0.35:  # a corner where the loop closes
        first = curve(_points(*loop, (width, random.uniform(0.2, 1.5)), spread=0.25, random=random))
        return [_corners(first, curve(_points(*tail, spread=0.25, random=random)))]
    return [curve(_points(*loop, *tail, spread=0.25, random=random))]


def hooked_nine(random: Random) -> list[Line]:
    """A small loop on a long stem: straight, bowed, or bent sharply to the left at the end."""
    width, body = random.uniform(2.6, 6), random.uniform(2.2, 4.5)
    loop = [(width, 0.8), (width * 0.5, 0), (0.2, body * 0.5), (width * 0.5, body)]
    loop = [*loop, (width * 0.95, body * 0.5)]
    foot = random.uniform(-0.8, 1.0) * width
    first = curve(_points(*loop, spread=0.22, random=random))
    if random.random() < 0.4:
        stem = np.array([first[-1], [width * 0.95, 9.4], [foot, 9.4 + random.normal(0, 0.7)]])
        return [_corners(first, stem)]
    stem = np.array([first[-1], [(width + foot) / 2 + 0.6, 6.5], [foot, 10]])
    return [_corners(first, curve(stem))]


def barred_seven(random: Random) -> list[Line]:
    """A seven with a bar through its stem, often a short one; perhaps a serif on the left."""
    width = random.uniform(4.5, 8.5)
    foot = random.uniform(0.05, 0.75) * width
    top = [[0, random.normal(0.4, 0.5)], [width * 0.5, random.normal(0.3, 0.35)], [width, 0]]
    stem = [[width, 0], [(width + foot) / 2 + random.normal(0, 0.5), 5], [foot, 10]]
    start = [np.array([[random.normal(0, 0.3), random.uniform(1, 2.6)], top[0]])]
    lines = [*(start if random.random() < 0.3 else []), curve(np.array(top)), curve(np.array(stem))]
    at = random.uniform(3.6, 6.2)
    centre = width + (foot - width) * at / 10 + random.normal(0, 0.4)
    half = random.choice([random.uniform(0.8, 1.8), random.uniform(1.8, 3.5)])
    tilt = random.normal(-0.1, 0.2) * half
    bar = np.array([[centre - half, at - tilt], [centre + half, at + tilt]])
    return [_corners(*lines), bar]


def open_four(random: Random) -> list[Line]:
    """A four of two strokes, open above: an angle or a bow, and a stem that may begin low or lean."""
    width, bar = random.uniform(3.5, 9), random.uniform(4.5, 9.3)
    top = np.array([random.uniform(0.05, 0.75) * width, random.normal(0, 0.3)])
    corner = np.array([random.normal(0, 0.3), bar])
    end = np.array([width * random.uniform(0.9, 1.35), bar + random.normal(-0.3, 0.7)])
    # From straight to as round as a C: how far the middle of the downstroke is to the left of its ends.
    bow = np.array([-random.uniform(-0.3, 2.2), 0])
    down = np.array([top, (top + corner) / 2 + bow, corner])
    if random.random() < 0.5:  # a round turn
        angle = [curve(np.array([*down[:2], corner + np.array([0.8, 0]), end]))]
    else:
        angle = [_corners(curve(down), np.array([corner, end]))]
    # The stem begins anywhere between the height of the top and just above the bar.
    begin = np.array([width * random.uniform(0.6, 1.05), random.uniform(-0.8, bar - 0.8)])
    foot = np.array([begin[0] - random.normal(0.8, 1.0), random.uniform(bar + 0.7, 10.5)])
    stem = [begin, (begin + foot) / 2 + random.normal(0, 0.25, 2), foot]
    if random.random() < 0.2:  # a tick where the pen begins
        stem.insert(0, begin + random.uniform([-1.0, 0.1], [-0.3, 0.8]))
    both = [*angle, curve(np.array(stem))]
    return both[::-1] if random.random() < 0.07 else both


def joined_four(random: Random) -> list[Line]:
    """A four in one stroke: down, across, and down again, perhaps up along its stem first."""
    width, bar = random.uniform(2.5, 7), random.uniform(3.2, 7)
    top = np.array([random.uniform(0, 0.6) * width, random.normal(0, 0.3)])
    corner = np.array([random.normal(0, 0.3), bar])
    bow = np.array([-random.uniform(-0.2, 1.1), 0])
    down = np.array([top, (top + corner) / 2 + bow, corner])
    turn = np.array([width, bar - random.uniform(-0.5, 0.9)])
    low = np.array([width - random.normal(0.5, 0.8), 10.0])
    stem = [turn, low]
    if random.random() < 0.5:
        peak = np.array([width + random.normal(0.3, 0.3), bar * random.uniform(0, 0.7)])
        stem = [turn, peak, low]
    if random.random() < 0.4:  # without corners
        points = np.array([*down[:2], down[2] + np.array([0.5, 0.2]), *stem])
        return [curve(points + random.normal(0, 0.2, points.shape))]
    return [_corners(curve(down), np.array(stem) + random.normal(0, 0.2, (len(stem), 2)))]


def open_five(random: Random) -> list[Line]:
    """A five with its bar apart: open, squarish or hardly bent; high and narrow or low and wide."""
    width, waist = random.uniform(4.5, 9), random.uniform(3.6, 5.4)
    left = random.normal(0, 0.5)
    neck = [(left + random.normal(0.4, 0.4), 0), (left, waist)]
    form = random.random()
    if form < 0.06:  # no belly: a stem, hooked at its foot
        foot, hook = left + random.normal(0.3, 0.6), random.uniform(2, 4.5)
        stem = [
            neck[0],
            (left, waist),
            (foot, 10),
            (foot - hook * random.uniform(0.4, 1), 10 - hook),
        ]
        if random.random() < 0.4:  # begun upwards
            stem.insert(0, (left + random.normal(0, 0.4), random.uniform(1, 2.5)))
        body = _points(*stem, spread=0.2, random=random)
    elif form < 0.39:  # squarish
        belly = [(left, waist), (width, waist + random.normal(0, 0.4)), (width, 9.6)]
        body = _points(*neck, *belly[1:], (random.uniform(-1, 1.5), 10), spread=0.25, random=random)
    else:
        belly = [(left, waist), (width * 0.5, waist - random.uniform(0.2, 0.9))]
        belly += [(width, waist + 2.3), (width * 0.7, 9.3), (random.uniform(-1.2, 1), 9.6)]
        if random.random() < 0.25:  # hardly bent below
            belly[-2] = (width * 0.6, 10)
        body = _corners(
            _points(*neck, spread=0.15, random=random),
            curve(_points(*belly, spread=0.25, random=random)),
        )
    gap = np.array([abs(random.normal(0, 1.1)), random.normal(-0.3, 0.8)])
    length = random.uniform(2.5, 7)
    bar = np.array([[0, 0], [length, random.normal(-0.3, 0.6)]]) + body[0] + gap
    if random.random() < 0.15:
        return [bar, body]
    return [body, bar] if random.random() < 0.8 else [_corners(bar[::-1], body)]


def looped_two(random: Random) -> list[Line]:
    """A two with a loop where it turns, and sometimes one where it begins."""
    width, loop = random.uniform(5, 8), random.uniform(0.6, 2.6)
    top = [(random.uniform(0, 1.5), random.uniform(1, 3)), (width * 0.5, 0), (width * 0.9, 2.2)]
    if random.random() < 0.3:
        top = [(1.8, 2.4), (0.8, 2.9), (0.2, 1.8), *top[1:]]
    turn = [(width * 0.55, 6.6), (1.2, 9.7), (-0.2, 9.8 - loop * 0.55), (1.2, 9.8 - loop)]
    end = [(width * 0.55, 9.5), (width + random.uniform(0, 2.5), 9.6 + random.normal(0, 0.7))]
    return [curve(_points(*top, *turn, *end, spread=0.25, random=random))]


def looped_three(random: Random) -> list[Line]:
    """A three with a loop at its waist, and sometimes one where it begins."""
    width, loop = random.uniform(4.5, 7.5), random.uniform(0.4, 2.0)
    top = [(random.uniform(0, 1.2), random.uniform(0.6, 2.2)), (width * 0.5, 0), (width * 0.9, 2)]
    if random.random() < 0.3:
        top = [(1.6, 2.2), (0.6, 2.4), (0.3, 1.2), *top[1:]]
    waist = [(width * 0.55, 4.6), (width * 0.55 - loop, 5.1), (width * 0.5 - loop * 0.7, 4.1)]
    waist += [(width * 0.6, 4.7)]
    belly = [(width, 7), (width * 0.65, 9.6), (random.uniform(-0.8, 1), random.uniform(8.2, 10))]
    return [curve(_points(*top, *waist, *belly, spread=0.22, random=random))]


def late_eight(random: Random) -> list[Line]:
    """An eight drawn as an S and closed late: the way back ends short of, at or past the beginning."""
    width = random.uniform(3.4, 7)
    start = (width * random.uniform(0.7, 1.05), random.uniform(0.4, 2.2))
    down = [start, (width * 0.5, 0), (width * 0.08, 2.4), (width * 0.55, 5), (width, 7.6)]
    down += [(width * 0.5, 10), (0.1, 7.8)]
    missing = random.normal(0.03, 0.19)  # part of the way back that is not drawn
    back = np.array([(width * 0.42, 5.2), (width * 0.75, 3.2), start], dtype=np.float64)
    back[-1] += (back[-1] - back[-2]) * -np.clip(missing, -0.6, 0.8) * 2
    back[-1] += random.normal(0, 0.5, 2)
    return [curve(_points(*down, *map(tuple, back), spread=0.25, random=random))]


KINDS: dict[int, tuple[Callable[[Random], list[Line]], ...]] = {
    0: (slashed_zero,),
    1: (flagged_one, flagged_one, retraced_one, footed_one),
    2: (looped_two,),
    3: (looped_three,),
    4: (open_four, joined_four),
    5: (open_five,),
    7: (barred_seven,),
    8: (late_eight,),
    9: (curled_nine, hooked_nine),
}
