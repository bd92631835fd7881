"""Images of what is no digit: letters, signs, scribbles, several digits."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from digits.augmentation.glyphs import LETTER_FORMS, SIGN_FORMS, curve, draw_form
from digits.augmentation.strokes import Lines, draw, lean, normalise, vary
from digits.data.drawings import Drawing


def make_other(drawings: Sequence[Drawing], random: np.random.Generator) -> NDArray[np.uint8]:
    """An image (28, 28) of something that is not a digit."""
    kinds: tuple[tuple[float, Callable[[], Lines]], ...] = (
        (0.62, lambda: _letter(random)),
        (0.10, lambda: _sign(random)),
        (0.10, lambda: _scribble(random)),
        (0.10, lambda: _several(drawings, random)),
        (0.08, lambda: _piled(drawings, random)),
    )
    weights = [weight for weight, _ in kinds]
    return draw(kinds[random.choice(len(kinds), p=weights)][1](), random)


def make_letter(drawing: Drawing, random: np.random.Generator) -> NDArray[np.uint8]:
    """An image (28, 28) of a letter that somebody drew with a pen, varied a little."""
    return draw(vary(drawing.strokes, random, 0.7), random)


def _letter(random: np.random.Generator) -> Lines:
    names = sorted(LETTER_FORMS)
    choices = LETTER_FORMS[names[random.integers(len(names))]]
    lines = draw_form(choices[random.integers(len(choices))], random, 0.3)
    return vary(lines, random, 0.8)


def _sign(random: np.random.Generator) -> Lines:
    choice = SIGN_FORMS[random.integers(len(SIGN_FORMS))]
    return vary(draw_form(choice, random, 0.3), random)


def _scribble(random: np.random.Generator) -> Lines:
    """A smooth line that turns at random, or a zigzag."""
    count = int(random.integers(6, 25))
    points = random.random((count, 2)) * [random.uniform(0.3, 1), 1]
    smooth = random.random() < 0.6
    line = curve(points) if smooth else points
    return vary([line], random)


def _several(drawings: Sequence[Drawing], random: np.random.Generator) -> Lines:
    """Two or three digits side by side."""
    lines: Lines = []
    for place in range(int(random.integers(2, 4))):
        digit = normalise(drawings[int(random.integers(len(drawings)))].strokes)
        offset = [place * random.uniform(0.75, 1.0), random.normal(0, 0.05)]
        lines += [line + offset for line in digit]
    return lean(lines, random, 0.5)


def _piled(drawings: Sequence[Drawing], random: np.random.Generator) -> Lines:
    """Two digits on top of each other, or one with a line through or around it."""
    one, other = (
        vary(drawings[int(random.integers(len(drawings)))].strokes, random) for _ in range(2)
    )
    if random.random() < 0.6:
        return one + [line + random.normal(0, 0.1, 2) for line in other]
    turn = np.linspace(0, 2 * np.pi, 24)
    return [*one, 0.75 * np.stack([np.cos(turn), np.sin(turn)], axis=1)]
