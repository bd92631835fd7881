"""How long one drawing takes from strokes to probabilities, and how many pictures a second are read:

    python -m benchmarks.predicting

onnxruntime and torch in turn, with the weights that the page starts with. A round is many calls; the
figure is the median of the rounds, the best one beside it, because other programs only ever make a
round slower.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial

import numpy as np
import torch

from benchmarks.conditions import busy, conditions, table
from digits.data.drawings import check_strokes
from digits.data.preparation.centring import to_pixels
from digits.data.preparation.strokes import prepare_strokes
from digits.network.backends import PACKAGES, Backend, load_backend
from digits.network.calibration import answer

MANY = 10_000  # pictures at once
POINTS = 200  # of the drawing


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure everything in turn, print two tables."""
    parser = argparse.ArgumentParser(description="How fast digits are read.")
    parser.add_argument("--weights", default="tutorial", help="name in weights/ or path")
    parser.add_argument("--rounds", type=int, default=30)
    options = parser.parse_args(arguments)
    print(conditions("onnxruntime", "torch", "numpy"))
    print(
        f"{options.rounds} rounds in turn, torch with {torch.get_num_threads()} threads, {busy()}\n"
    )
    backends = [load_backend(options.weights, name, "cpu") for name in PACKAGES]
    print_one_drawing(backends, options.rounds)
    print_many(backends, options.rounds)


def print_one_drawing(backends: list[Backend], rounds: int) -> None:
    """The way of one drawing, in parts and as a whole, in microseconds."""
    raw = [stroke.tolist() for stroke in an_eight()]  # as JSON brings it
    strokes = check_strokes(raw)
    pixels = to_pixels(prepare_strokes(strokes).image)
    works: dict[str, Callable[[], object]] = {
        f"strokes ({POINTS} points) to 28x28": lambda: prepare_strokes(strokes)
    }
    for backend in backends:
        name = PACKAGES[backend.name]
        works[f"{name} alone"] = partial(backend.predict, pixels)
        works[f"strokes to probabilities, {name}"] = partial(whole, raw, backend)
    times = in_turn(works, rounds, calls=50)
    rows = [
        [name, f"{statistics.median(t) * 1e6:.0f} us", f"{min(t) * 1e6:.0f} us"]
        for name, t in times.items()
    ]
    print(table(["one drawing", "median", "best round"], rows), end="\n\n")


def print_many(backends: list[Backend], rounds: int) -> None:
    """Pictures a second, 10,000 at once."""
    pixels = np.random.default_rng(0).random((MANY, 784), np.float32)
    works = {PACKAGES[backend.name]: partial(backend.predict, pixels) for backend in backends}
    times = in_turn(works, rounds, calls=1)
    rows = [
        [name, f"{MANY / statistics.median(t):,.0f}", f"{MANY / min(t):,.0f}"]
        for name, t in times.items()
    ]
    print(table([f"{MANY:,} at once: pictures a second", "median", "best round"], rows))


def in_turn(
    works: Mapping[str, Callable[[], object]], rounds: int, calls: int
) -> dict[str, list[float]]:
    """Seconds a call of each of `works`, a figure a round; they take turns."""
    for work in works.values():
        work()  # the first call is never typical
    times: dict[str, list[float]] = {name: [] for name in works}
    for _ in range(rounds):
        for name, work in works.items():
            began = time.perf_counter()
            for _ in range(calls):
                work()
            times[name].append((time.perf_counter() - began) / calls)
    return times


def whole(raw: list[list[list[float]]], backend: Backend) -> np.ndarray:
    """What the server computes for one drawing: check, prepare, predict, calibrate."""
    pixels = to_pixels(prepare_strokes(check_strokes(raw)).image)
    return answer(backend.predict(pixels)[0], backend.card.calibration).probabilities


def an_eight() -> list[np.ndarray]:
    """A drawing of one stroke, as a pen leaves it."""
    turn = np.linspace(0, 2 * np.pi, POINTS)
    return [np.stack([0.5 + 0.15 * np.sin(2 * turn), 0.5 - 0.3 * np.cos(turn)], axis=1)]


if __name__ == "__main__":
    main()
