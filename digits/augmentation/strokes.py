"""Strokes varied as people vary them, so that 30 writers stand for many more.

A writer's slant, proportions, speed, tremor, pen, and where a line overshoots or falls short: each is
drawn at random. Two writers of the same digit are blended, or lend each other a stroke. Half of what
the recipe `sketch` learns from is made here, the other half from MNIST (images.py beside this). Forms
that are missing from both come from glyphs.py.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from digits.augmentation.glyphs import DIGIT_FORMS, draw_form
from digits.augmentation.handwriting_kinds import draw_kind
from digits.data.drawings import Drawing, Strokes
from digits.data.preparation.strokes import PEN, measure, prepare_strokes, space_out

Lines = list[NDArray[np.float64]]  # strokes about 1 high, centred on 0

SPACING = 0.04  # between the points of a line after resampling
BLEND_POINTS = 40  # points of each stroke while two writers are blended

THINNEST, THICKEST = 1.8, 4.2  # pixels: MNIST's middle 95 % of pens


def vary(strokes: Strokes, random: np.random.Generator, strength: float = 1.0) -> Lines:
    """One random variation of `strokes`: what another person, pen or tablet could have made of it."""
    lines = [_resample(stroke) for stroke in normalise(strokes)]
    if random.random() < 0.5:
        lines = [_change_ends(line, random) for line in lines]
    if len(lines) > 1 and random.random() < 0.7:
        lines = [_move(line, random) for line in lines]
    if len(lines) > 1 and random.random() < 0.06:
        lines = _join(lines, random)
    lines = _bend(lean(lines, random, strength), random, strength)
    if random.random() < 0.25:
        lines = [_tremble(line, random) for line in lines]
    if random.random() < 0.2:
        lines = [_record_coarsely(line, random) for line in lines]
    return lines


def blend(one: Strokes, other: Strokes, random: np.random.Generator) -> Lines | None:
    """Mix two writers' versions of a digit: between the two, or with a stroke of the other's.

    None where they are not written alike: in other strokes, another order or direction.
    """
    if len(one) != len(other):
        return None
    ours, theirs = ([_space_out(line) for line in normalise(side)] for side in (one, other))
    apart = [float(np.hypot(*(a - b).T).mean()) for a, b in zip(ours, theirs, strict=True)]
    if max(apart) > 0.2:
        return None
    if len(ours) > 1 and random.random() < 0.5:
        lent = random.random(len(ours)) < 0.5
        return [b if swap else a for a, b, swap in zip(ours, theirs, lent, strict=True)]
    share = random.uniform(0.2, 0.8)
    return [a + share * (b - a) for a, b in zip(ours, theirs, strict=True)]


def draw(lines: Strokes, random: np.random.Generator) -> NDArray[np.uint8]:
    """The image (28, 28) of `lines` with a pen of random thickness, MNIST's being the commonest."""
    pen = float(np.clip(random.normal(PEN, 0.45), THINNEST, THICKEST))
    return prepare_strokes(fit_pad(lines), pen).image


def make_digit(
    drawings: Sequence[Drawing],
    same: dict[int, list[int]],
    index: int,
    random: np.random.Generator,
) -> NDArray[np.uint8]:
    """Variation of `drawings[index]`; `same` lists the places of every digit's drawings."""
    strokes: Strokes = drawings[index].strokes
    if random.random() < 0.4:
        alike = same[drawings[index].label]
        partner = drawings[alike[random.integers(len(alike))]]
        strokes = blend(strokes, partner.strokes, random) or strokes
    return draw(vary(strokes, random), random)


def make_form(digit: int, random: np.random.Generator) -> NDArray[np.uint8]:
    """An image (28, 28) of `digit` in one of the forms people use, drawn by rule and varied."""
    choices = DIGIT_FORMS[digit]
    lines = draw_form(choices[random.integers(len(choices))], random)
    return draw(vary(lines, random), random)


def make_kind(digit: int, random: np.random.Generator) -> NDArray[np.uint8]:
    """An image (28, 28) of `digit` of one of the kinds that strangers write, varied."""
    return draw(vary(draw_kind(digit, random), random), random)


def normalise(strokes: Strokes) -> Lines:
    """`strokes` centred on 0, their longer side 1."""
    points = np.concatenate(strokes)
    low, high = points.min(axis=0), points.max(axis=0)
    longer = max(float((high - low).max()), 1e-6)
    return [(stroke - (low + high) / 2) / longer for stroke in strokes]


def fit_pad(lines: Strokes) -> Lines:
    """`lines` moved and scaled onto the pad."""
    return [np.clip(line + 0.5, 0, 1) for line in normalise(lines)]


def _resample(line: NDArray[np.float64]) -> NDArray[np.float64]:
    """The same line through evenly spaced points, so that bending it bends all of it."""
    travelled = measure(line)
    return space_out(line, travelled, int(np.ceil(travelled[-1] / SPACING)) + 1)


def _space_out(line: NDArray[np.float64]) -> NDArray[np.float64]:
    """The same line through BLEND_POINTS points."""
    spaced = space_out(line, measure(line), BLEND_POINTS)
    return np.repeat(spaced, BLEND_POINTS, axis=0) if len(spaced) == 1 else spaced


def lean(lines: Lines, random: np.random.Generator, strength: float) -> Lines:
    """Rotate, slant and stretch the whole drawing."""
    turn = strength * np.clip(random.normal(0, 0.12), -0.35, 0.35)
    slant = strength * np.clip(random.normal(0, 0.22), -0.6, 0.6)
    # One in eight is far wider or narrower: some people write so, in boxes that are too low or too small.
    stretch = np.exp(strength * random.normal(0, 0.16 if random.random() < 0.875 else 0.4))
    rotation = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    matrix = rotation @ np.array([[stretch, -slant], [0, 1]])
    return [line @ matrix.T for line in lines]


def _bend(lines: Lines, random: np.random.Generator, strength: float) -> Lines:
    """Move every point along three smooth waves over the pad, as if it were made of rubber."""
    waves = random.normal(0, 3.2, (3, 2))
    phases = random.uniform(0, 2 * np.pi, 3)
    pushes = random.normal(0, 0.032 * strength, (3, 2))
    return [line + np.sin(line @ waves.T + phases) @ pushes for line in lines]


def _change_ends(line: NDArray[np.float64], random: np.random.Generator) -> NDArray[np.float64]:
    """Begin and end a line a little too late or too early: missing joins and overshoot."""
    if len(line) < 5:
        return line
    for _ in range(2):
        line = line[::-1]  # once from each end
        amount = random.normal(0, 0.05)
        points = int(abs(amount) / SPACING + 0.5)
        if amount < 0:
            line = line[min(points, len(line) // 5) :]
        elif points:
            steps = np.arange(points, 0, -1)[:, None]
            line = np.concatenate([line[0] + steps * (line[0] - line[2]) / 2, line])
    return line


def _move(line: NDArray[np.float64], random: np.random.Generator) -> NDArray[np.float64]:
    """Put one of several strokes a little elsewhere, a little larger or smaller."""
    centre = line.mean(axis=0)
    grown = (line - centre) * np.exp(random.normal(0, 0.08))
    moved: NDArray[np.float64] = grown + centre + random.normal(0, 0.03, 2)
    return moved


def _join(lines: Lines, random: np.random.Generator) -> Lines:
    """Leave the pen down between two strokes, as a hurried writer does."""
    place = int(random.integers(len(lines) - 1))
    joined = np.concatenate([lines[place], lines[place + 1]])
    return [*lines[:place], _resample(joined), *lines[place + 2 :]]


def _tremble(line: NDArray[np.float64], random: np.random.Generator) -> NDArray[np.float64]:
    """Shake the hand: noise on every point, a little smoothed."""
    noise = random.normal(0, random.uniform(0.005, 0.02), (len(line) + 2, 2))
    return line + (noise[:-2] + noise[1:-1] + noise[2:]) / 2


def _record_coarsely(line: NDArray[np.float64], random: np.random.Generator) -> NDArray[np.float64]:
    """Keep every few points only, as a slow tablet does with a fast hand."""
    every = int(random.integers(2, 6))
    return np.concatenate([line[:-1:every], line[-1:]])
