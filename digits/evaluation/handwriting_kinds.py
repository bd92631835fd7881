"""How well weights read each kind of writing that strangers' digits are misread for:

    python -m digits.evaluation.handwriting_kinds --weights sketch --strokes FILE FILE --writers 1003-1233/5

A kind is told from the strokes and from the holes in what they enclose, not by any network: a zero with
two holes is slashed, a two with one is looped. Every drawing is of at most one kind.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from digits.data.drawings import Drawing, Strokes
from digits.data.preparation.strokes import measure, prepare_strokes
from digits.data.stroke_files import is_no_digit, read_stroke_files, writer_numbers
from digits.evaluation.metrics import predict
from digits.network.backends import Backend, load_backend
from digits.process import run_command

THIN = 1.2  # pixels of pen at which holes are looked for: what a loop encloses stays open
SMALLEST_HOLE = 2  # pixels


@dataclass(frozen=True)
class KindScore:
    """How one kind was read."""

    kind: str
    count: int
    right: int
    turned_away: int  # answered "not sure"

    @property
    def accuracy(self) -> float:
        """Share read right, 0..1, whether sure or not."""
        return self.right / max(self.count, 1)


def count_holes(strokes: Strokes) -> int:
    """Regions of at least SMALLEST_HOLE pixels that the strokes enclose."""
    paper = np.pad(prepare_strokes(strokes, THIN).image < 100, 1, constant_values=True)
    paper &= ~_flood(paper, (0, 0))
    holes = 0
    while paper.any():
        row, column = np.argwhere(paper)[0]
        hole = _flood(paper, (row, column))
        holes += int(hole.sum() >= SMALLEST_HOLE)
        paper &= ~hole
    return holes


def _flood(free: NDArray[np.bool_], start: tuple[int, int]) -> NDArray[np.bool_]:
    """What can be reached from `start` over `free` pixels, in four directions."""
    reached = np.zeros_like(free)
    reached[start] = True
    while True:
        grown = reached.copy()
        grown[1:] |= reached[:-1]
        grown[:-1] |= reached[1:]
        grown[:, 1:] |= reached[:, :-1]
        grown[:, :-1] |= reached[:, 1:]
        grown &= free
        if (grown == reached).all():
            return reached
        reached = grown


def _sides(strokes: Strokes) -> tuple[float, float]:
    points = np.concatenate(strokes)
    width, height = points.max(axis=0) - points.min(axis=0)
    return float(width), float(height)


def _long_strokes(strokes: Strokes) -> int:
    """Strokes that are more than a tap."""
    size = max(_sides(strokes))
    return sum(float(measure(stroke)[-1]) > 0.12 * size for stroke in strokes)


def _is_bent_one(strokes: Strokes) -> bool:
    """Whether a one is more than a straight line: a flag, a foot or a line gone over twice."""
    way = sum(float(measure(stroke)[-1]) for stroke in strokes)
    return way > 1.2 * float(np.hypot(*_sides(strokes)))


def _curls_up(strokes: Strokes) -> bool:
    """Whether the last stroke ends well above its lowest point and to the left of it."""
    last = strokes[-1]
    lowest = last[last[:, 1].argmax()]
    _, height = _sides(strokes)
    return bool(lowest[1] - last[-1, 1] > 0.08 * height and last[-1, 0] < lowest[0])


Test = Callable[[Strokes], bool]
KINDS: dict[str, tuple[int, Test]] = {
    "slashed or barred zero": (0, lambda s: count_holes(s) >= 2 or _long_strokes(s) > 1),
    "one with flag, foot or retraced": (1, _is_bent_one),
    "looped two": (2, lambda s: count_holes(s) >= 1),
    "looped three": (3, lambda s: count_holes(s) >= 1),
    "five with its bar apart": (5, lambda s: _long_strokes(s) > 1),
    "barred seven": (7, lambda s: _long_strokes(s) > 1),
    "eight not quite closed": (8, lambda s: count_holes(s) < 2),
    "nine curled": (9, _curls_up),
}
LETTERS = "letters no digit looks like"
PLAIN = "other digits"


def kind_of(drawing: Drawing) -> str | None:
    """The kind that a drawing is of, PLAIN or LETTERS; None for letters that look like digits."""
    if drawing.label not in range(10):
        return LETTERS if is_no_digit(drawing) else None
    for name, (digit, test) in KINDS.items():
        if drawing.label == digit and test(drawing.strokes):
            return name
    return PLAIN


def score_kinds(backend: Backend, drawings: Sequence[Drawing]) -> list[KindScore]:
    """The score of every kind among `drawings`; of letters none is right, the more turned away the better."""
    kinds = np.array([kind_of(drawing) or "" for drawing in drawings])
    images = np.stack([prepare_strokes(drawing.strokes).image for drawing in drawings])
    probabilities = predict(backend, images)
    right = probabilities.argmax(axis=1) == [drawing.label for drawing in drawings]
    away = probabilities.max(axis=1) < (backend.card.calibration.threshold or 0)
    return [
        KindScore(kind, int(of.sum()), int(right[of].sum()), int(away[of].sum()))
        for kind in (*KINDS, PLAIN, LETTERS)
        if (of := kinds == kind).any()
    ]


def describe(scores: Sequence[KindScore]) -> str:
    """A table for people."""
    lines = [f"{'':34}{'drawings':>10}{'right':>10}{'not sure':>10}"]
    for one in scores:
        right = "" if one.kind == LETTERS else f"{one.accuracy:.2%}"
        lines.append(
            f"{one.kind:34}{one.count:>10,}{right:>10}{one.turned_away / one.count:>10.2%}"
        )
    return "\n".join(lines)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns the exit status. A user's error is one line, not a traceback."""
    parser = argparse.ArgumentParser(
        prog="python -m digits.evaluation.handwriting_kinds",
        description="Score weights by kind of writing.",
    )
    parser.add_argument("--weights", default="sketch", help="a name in weights/, or a file")
    parser.add_argument("--strokes", type=Path, nargs="+", metavar="FILE", required=True)
    parser.add_argument(
        "--writers", type=writer_numbers, metavar="3,1003-1233/5", help="only these (default: all)"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object, nothing else")
    options = parser.parse_args(arguments)
    return run_command(lambda: run(options))


def run(options: argparse.Namespace) -> None:
    """Score the kinds in stroke files and print the outcome."""
    backend = load_backend(options.weights, "torch", device="cpu")
    drawings = read_stroke_files(options.strokes)
    if options.writers is not None:
        drawings = [drawing for drawing in drawings if drawing.writer in options.writers]
    scores = score_kinds(backend, drawings) if drawings else []
    print(json.dumps([vars(one) for one in scores]) if options.json else describe(scores))


if __name__ == "__main__":
    sys.exit(main())
