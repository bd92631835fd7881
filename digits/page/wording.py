"""What to say about an answer, in a short line: how sure it is, and if it is not, why.

Plain functions of values: the page and the API call `describe`, tests read its words. The texts
themselves are in digits/texts.py. Next: digits/reading.py, which answers drawings.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from digits.page.texts import text

if TYPE_CHECKING:
    from digits.data.drawings import Strokes
    from digits.network.calibration import Answer

CLOSE = 0.2  # a second digit with this probability is worth naming as "could be a 4 or a 9"
NEXT = 0.005  # a second digit below this is not worth naming at all
GUESS = 0.3  # a likeliest digit below this is not worth naming as a guess
DOT = 0.04  # a stroke no longer than this part of the pad is a dot
GAP = 0.06  # shapes further apart than this part of the pad, side by side, are two


@dataclass(frozen=True)
class Words:
    """The line under the answer and, when it is unsure, the reason; "" where there is none."""

    line: str
    why: str


def describe(answer: Answer, strokes: Strokes | None, language: str = "en") -> Words:
    """Put `answer` in words; `strokes`, where there are any, help to say why it is unsure."""
    order = np.argsort(answer.probabilities)[::-1]
    first, second = float(answer.probabilities[order[0]]), float(answer.probabilities[order[1]])
    names: dict[str, object] = {
        "label": answer.label,
        "other": int(order[1]),
        "percent": percent(first, language),
        "other_percent": percent(second, language),
    }
    trouble = _find_trouble(strokes, language) if strokes else ""
    if trouble and not (answer.sure and first > 0.9):
        return Words(text("unsure", language), trouble)
    if second >= CLOSE:
        return Words(text("either", language, **names), text("why_close", language, **names))
    if not answer.sure:
        why = "why_unlike" if first >= GUESS else "why_nothing"
        return Words(text("unsure", language), text(why, language, **names))
    key = "sure_next" if second >= NEXT else "sure"
    return Words(text(key, language, **names), "")


def describe_blank(language: str = "en") -> Words:
    """What to say of a blank pad."""
    return Words(text("blank", language), text("blank_more", language))


def percent(probability: float, language: str = "en") -> str:
    """A probability as people say it, never rounded up to 100 %."""
    if probability > 0.99:
        return text("more_than_99", language)
    return text("percent", language, number=round(100 * probability))


def _find_trouble(strokes: Strokes, language: str) -> str:
    """What is wrong with `strokes` as one digit: only dots, or several shapes apart; else ""."""
    if all(_length(stroke) <= DOT for stroke in strokes):
        return text("why_dots", language)
    shapes = count_shapes(strokes)
    return text("why_apart", language, count=shapes) if shapes > 1 else ""


def _length(stroke: NDArray[np.float64]) -> float:
    return math.dist(stroke.min(axis=0), stroke.max(axis=0))


def count_shapes(strokes: Strokes) -> int:
    """How many tall shapes stand side by side with a gap between them, as in a drawn "17"."""
    height = np.concatenate(strokes)[:, 1]
    tall = 0.5 * (height.max() - height.min())
    groups: list[list[float]] = []  # left, right, top, bottom of strokes that overlap from above
    for stroke in sorted(strokes, key=lambda stroke: stroke[:, 0].min()):
        (left, top), (right, bottom) = stroke.min(axis=0), stroke.max(axis=0)
        if groups and left - groups[-1][1] <= GAP:
            last = groups[-1]
            groups[-1] = [last[0], max(last[1], right), min(last[2], top), max(last[3], bottom)]
        else:
            groups.append([left, right, top, bottom])
    return max(1, sum(1 for _, _, top, bottom in groups if bottom - top >= tall))
