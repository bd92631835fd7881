"""How numbers are read whose digits touch, each drawn with strokes of its own:

    python -m benchmarks.touching --strokes FILE ...

Digits of one writer are pushed together from the right until they nearly touch: at most TOUCH of their
height is left between two strokes. The same writers' single digits of several strokes must stay whole.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.conditions import conditions, table
from digits.data.drawings import Drawing
from digits.data.preparation.pad_digits import group_strokes
from digits.data.preparation.strokes import measure, space_out
from digits.data.stroke_files import read_stroke_files
from digits.network.backends import Backend, load_backend
from digits.network.sureness import make_judge
from digits.server.page_reader import read_strokes

TOUCH = 0.05  # of a digit's height
LARGEST_NUMBER = 3  # digits
POINTS = 64  # along a stroke, to see what it touches
STEP = 0.005  # of the pad, by which a digit is pushed

Strokes = list[NDArray[np.float64]]


def push_together(drawings: Sequence[Drawing], random: np.random.Generator) -> Strokes:
    """The drawings side by side, as high as each other, each pushed to the left until it touches."""
    height = 0.9 / (len(drawings) + 0.5)
    number: Strokes = []
    for drawing in drawings:
        points = np.concatenate(drawing.strokes)
        low, size = points.min(axis=0), max(np.ptp(points, axis=0).max(), 1e-6)
        scale = height / size * random.uniform(0.9, 1.1)
        digit = [(stroke - low) * scale + [0.0, 0.3] for stroke in drawing.strokes]
        right = max((stroke[:, 0].max() for stroke in number), default=0.0) + height
        while number and _least_distance(number, digit, right) > TOUCH * height:
            right -= STEP
        number += [stroke + np.array([right, 0.0]) for stroke in digit]
    points = np.concatenate(number)
    low, size = points.min(axis=0), np.ptp(points, axis=0).max()
    return [(stroke - low) / size * 0.9 + 0.05 for stroke in number]


def _least_distance(one: Strokes, other: Strokes, right: float) -> float:
    """How far the strokes of `other`, moved to the `right`, are from those of `one`; 0 once past them."""
    left, moved = _points_of(one), _points_of(other) + np.array([right, 0.0])
    if moved[:, 0].mean() <= left[:, 0].max() - np.ptp(moved[:, 0]):
        return 0.0
    return float(np.sqrt(np.square(left[:, None] - moved[None]).sum(axis=2).min()))


def _points_of(strokes: Strokes) -> NDArray[np.float64]:
    return np.concatenate([space_out(stroke, measure(stroke), POINTS) for stroke in strokes])


def measure_numbers(
    drawings: Sequence[Drawing], digits: int, count: int, network: Backend, seed: int
) -> list[str]:
    """Read `count` numbers of so many `digits`: the row of the table."""
    random = np.random.default_rng([seed, digits])
    found: Counter[str] = Counter()
    for _ in range(count):
        writer = drawings[int(random.integers(len(drawings)))].writer
        own = [drawing for drawing in drawings if drawing.writer == writer]
        chosen = [own[int(k)] for k in random.integers(len(own), size=digits)]
        read = read_strokes(network, push_together(chosen, random))
        if [one.answer.label for one in read] == [drawing.label for drawing in chosen]:
            found["right"] += 1
        elif all(one.answer.sure for one in read):
            found["sure and wrong"] += 1
    return [
        str(digits),
        *(f"{100 * found[kind] / count:.1f} %" for kind in ("right", "sure and wrong")),
    ]


def main() -> None:
    """Print the table and how many single digits were cut."""
    parser = argparse.ArgumentParser(description="Read numbers whose digits touch.")
    parser.add_argument("--strokes", type=Path, nargs="+", required=True, metavar="FILE")
    parser.add_argument("--weights", default="sketch", help="a name in weights/, or a file")
    parser.add_argument("--count", type=int, default=500, help="numbers of each length")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    network = load_backend(options.weights)
    drawings = [one for one in read_stroke_files(options.strokes) if one.label >= 0]
    print(conditions("numpy"))
    rows = [
        measure_numbers(drawings, digits, options.count, network, options.seed)
        for digits in range(2, LARGEST_NUMBER + 1)
    ]
    print(table(("digits that touch", "right", "sure and wrong"), rows))
    single = [drawing.strokes for drawing in drawings if len(drawing.strokes) > 1]
    cut = sum(len(group_strokes(one, make_judge(network))) > 1 for one in single)
    print(f"single digits of several strokes cut: {cut} of {len(single):,}")


if __name__ == "__main__":
    main()
