"""Write the golden vectors: what Python makes of some drawings, weights and batches, for both languages.

    python -m tests.vectors.make

tests/core/test_vectors.py checks that the files are what Python makes today, tests/core/*.test.js that
the browser makes the same: so the two cannot drift apart. Random numbers come from a generator that
both sides have, so that weights need not be in the files.
"""

from __future__ import annotations

import base64
import json
import math
import re
from collections.abc import Callable, Iterator
from dataclasses import asdict, replace
from itertools import pairwise
from pathlib import Path
from typing import Any, cast

import numpy as np
import torch

from digits.data.drawings import check_strokes
from digits.data.preparation.centring import to_pixels
from digits.data.preparation.pad_digits import MOST_STROKES, group_strokes
from digits.data.preparation.strokes import preparation_rules, prepare_strokes, shrink_strokes
from digits.evaluation.fit_calibration import TURNED_AWAY, calibrate
from digits.evaluation.metrics import score
from digits.network.backends import Backend
from digits.network.calibration import Answer, answer, for_pictures
from digits.network.config import ACTIVATIONS, ModelConfig
from digits.network.looks import answer_pictures, turn
from digits.network.metadata import NEVER_SURE, Calibration, Card
from digits.network.model import MLP, from_layers
from digits.page.static_files import STATIC
from digits.server.finished_runs import HARDLY_SURE
from digits.server.results import (
    FEW_STEPS,
    GUESSING,
    HIGH_RATE,
    SHOWN_MISTAKES,
    SHOWN_NODES,
    describe_score,
    weight_pictures,
)
from digits.training.adam import Adam
from digits.training.backprop import Backprop
from digits.training.page_run import count_epochs

FOLDER = Path(__file__).parent
SAMPLES = STATIC / "samples.json"
FULL = (64, 64, 64)
SMALL = (6, 5)
CALIBRATION = Calibration(temperature=0.8, threshold=0.12)
DIGITS = 120  # that a run's results are measured on
PARTS_OF_RUNS = ((0, 300, 3), (1, 1_200_000, 20), (7, 300, 3), (299, 300, 3), (300, 300, 3))
KEPT = 41  # of all weights and gradients every so manieth is in the files

Strokes = list[list[list[float]]]


# ---- random numbers that both sides draw -------------------------------------------------------------

MASK = 0xFFFFFFFF


class Random:
    """xoshiro128**, seeded by splitmix32, as in digits/page/static/core/random.js."""

    def __init__(self, seed: int) -> None:
        self._state = [_mix(seed + turn * 0x9E3779B9) for turn in (1, 2, 3, 4)]

    def integer(self) -> int:
        """0 to 2**32 - 1."""
        a, b, c, d = self._state
        result = _rotate(b * 5 & MASK, 7) * 9 & MASK
        c, d = c ^ a, d ^ b
        self._state = [a ^ d, b ^ c, c ^ (b << 9 & MASK), _rotate(d, 11)]
        return result

    def share(self) -> float:
        """0 to 1, 1 excluded."""
        return self.integer() / 2**32

    def between(self, low: float, high: float) -> float:
        """Anything from `low` to `high`."""
        return low + (high - low) * self.share()


def _mix(value: int) -> int:
    value &= MASK
    value = (value ^ value >> 16) * 0x85EBCA6B & MASK
    value = (value ^ value >> 13) * 0xC2B2AE35 & MASK
    return value ^ value >> 16


def _rotate(value: int, bits: int) -> int:
    return (value << bits | value >> 32 - bits) & MASK


def draw_weights(sizes: tuple[int, ...], random: Random) -> list[tuple[np.ndarray, np.ndarray]]:
    """First weights, (outputs, inputs) and (outputs,) a layer, as the browser draws them."""
    layers = []
    for inputs, outputs in pairwise(sizes):
        bound = 1 / math.sqrt(inputs)
        row = np.array(
            [(2 * random.share() - 1) * bound for _ in range((inputs + 1) * outputs)], np.float32
        )
        weight, bias = row[: inputs * outputs], row[inputs * outputs :]
        layers.append((weight.reshape(outputs, inputs), bias))
    return layers


def draw_images(count: int, random: Random) -> np.ndarray:
    """Images (count, 784) uint8, a fifth of the pixels lit, as digits have."""
    pixels = [random.integer() for _ in range(count * 784)]
    return np.array([p >> 8 & 255 if p % 5 == 0 else 0 for p in pixels], np.uint8).reshape(-1, 784)


# ---- drawings ----------------------------------------------------------------------------------------


def drawings() -> Iterator[tuple[str, Strokes]]:
    """The page's hard samples, and lines, dots, curves and scribbles of every kind."""
    for sample in json.loads(SAMPLES.read_text(encoding="utf-8"))["hard"]:
        yield sample["name"], sample["strokes"]
    yield "nothing", []
    yield "an empty stroke", [[]]
    yield "a dot", [[[0.5, 0.5]]]
    yield "the same dot often", [[[0.31, 0.62]] * 5]
    yield "three dots", [[[0.2, 0.2]], [[0.5, 0.5]], [[0.8, 0.3]]]
    yield "a tap beside a one", [[[0.9, 0.2], [0.91, 0.21]], [[0.5, 0.1], [0.48, 0.9]]]
    yield "a tap inside a zero", [_spiral(1, 60), [[0.55, 0.5]]]
    yield "a tap on the edge", [[[0.2, 0.2], [0.8, 0.8]], [[0.8, 0.8]]]
    yield "a line and an empty stroke", [[[0.2, 0.2], [0.2, 0.8]], []]
    yield "a one", [[[0.5, 0.1], [0.5, 0.9]]]
    yield "a minus", [[[0.1, 0.5], [0.9, 0.5]]]
    yield "3, 4, 5", [[[0.1, 0.1], [0.4, 0.5], [0.7, 0.9]]]
    yield "there and back", [[[0.2, 0.5], [0.9, 0.5], [0.5, 0.5]]]
    yield "points twice", [[[0.1, 0.1], [0.1, 0.1], [0.5, 0.7], [0.5, 0.7], [0.9, 0.2], [0.9, 0.2]]]
    yield "seventeen", [[[0.2, 0.2], [0.2, 0.8]], [[0.5, 0.2], [0.8, 0.2], [0.6, 0.8]]]
    yield "tiny", [[[0.5, 0.5], [0.51, 0.502], [0.503, 0.515]]]
    yield "just smallest", [[[0.5, 0.5], [0.5 + 1 / 28, 0.5]]]
    yield "off the pad", [[[-0.2, 0.3], [1.3, 0.4], [0.2, 1.1]]]
    yield "wide", [[[0.0, 0.45], [0.25, 0.5], [0.5, 0.42], [0.75, 0.55], [1.0, 0.5]]]
    yield "in the corner", [[[0.9, 0.9], [1.0, 0.9], [0.92, 1.0]]]
    yield "a square", [[[0.2, 0.2], [0.8, 0.2], [0.8, 0.8], [0.2, 0.8], [0.2, 0.2]]]
    for turns in (1, 2, 5):
        yield f"a spiral of {turns}", [_spiral(turns, 60)]
    random = Random(7)
    for number in range(20):
        yield f"scribble {number}", _scribble(random, 1 + number % 4, 2 + number % 9)
    for number in range(6):
        yield f"wave {number}", [_wave(random)]
    yield "a long scribble", _scribble(random, 2, 120)  # beyond MAX_DISCS after scaling


def _spiral(turns: float, points: int) -> list[list[float]]:
    places = [i / (points - 1) for i in range(points)]
    angle = 2 * math.pi * turns
    return [
        [
            round(0.5 + 0.4 * place * math.cos(angle * place), 4),
            round(0.5 + 0.4 * place * math.sin(angle * place), 4),
        ]
        for place in places
    ]


def _scribble(random: Random, strokes: int, points: int) -> Strokes:
    return [
        [[round(random.share(), 4), round(random.share(), 4)] for _ in range(points)]
        for _ in range(strokes)
    ]


def _wave(random: Random) -> list[list[float]]:
    height, long, start = random.between(0.05, 0.4), random.between(3, 12), random.share()
    return [
        [round(0.1 + i / 50, 4), round(0.5 + height * math.sin(start + i / 40 * long), 4)]
        for i in range(40)
    ]


# ---- the files ---------------------------------------------------------------------------------------


def make_preparation() -> dict[str, Any]:
    """Strokes to 28x28: box, the digit alone, the image, and the pad merely shrunk."""
    return {
        "rules": preparation_rules(),
        "drawings": [
            {"name": name, "strokes": strokes, **_prepare(strokes)} for name, strokes in drawings()
        ],
    }


def _prepare(strokes: Strokes) -> dict[str, Any]:
    prepared = prepare_strokes(check_strokes(strokes))
    height, width = prepared.small.shape
    return {
        "box": prepared.box and [round(side, 9) for side in prepared.box],
        "left_out": list(prepared.left_out),
        "small": {"width": width, "height": height, "bytes": _pack(prepared.small)},
        "image": _pack(prepared.image),
        "shrunk": _pack(shrink_strokes(check_strokes(strokes))),
    }


def make_random() -> dict[str, Any]:
    """The generator itself, by some seeds."""
    return {str(seed): _first_integers(Random(seed)) for seed in (0, 1, 42, 2**31 - 1)}


def _first_integers(random: Random) -> list[int]:
    return [random.integer() for _ in range(8)]


def make_network() -> dict[str, Any]:
    """Forwards: log-probabilities, sums and answers of networks small and large."""
    return {
        "calibration": asdict(CALIBRATION),
        "for_pictures": asdict(for_pictures(CALIBRATION)),
        "looks": _look(),
        "cases": [_read(hidden, name) for hidden in (FULL, SMALL, (9,)) for name in ACTIVATIONS],
    }


def _read(hidden: tuple[int, ...], activation: str) -> dict[str, Any]:
    random = Random(len(hidden))
    config = ModelConfig(hidden, activation)
    model = from_layers(draw_weights(config.sizes, random), config).double().eval()
    pixels = torch.from_numpy(draw_images(3, random)).double() / 255
    sums: list[list[float]] = []
    for layer in model.layers:
        layer.register_forward_hook(lambda _, __, out: sums.append(_short(out[0])))
    with torch.inference_mode():
        rows = model(pixels).numpy()
    return {
        "sizes": list(config.sizes),
        "activation": activation,
        "seed": len(hidden),
        "log_probabilities": [_short(row) for row in rows],
        "sums": sums,  # of the first image
        "answers": [_answer(answer(row, CALIBRATION)) for row in rows],
    }


class _InDouble:
    """A Backend, as far as an answer needs one, that computes as exactly as the browser does."""

    def __init__(self, model: MLP, calibration: Calibration = CALIBRATION) -> None:
        self.card = Card(calibration=calibration)
        self._model = model

    def predict(self, pixels: np.ndarray) -> np.ndarray:
        with torch.inference_mode():
            found: np.ndarray = self._model(torch.from_numpy(pixels).double()).numpy()
        return found


def _look() -> dict[str, Any]:
    """An image turned, and what a small network says of it by three looks."""
    random = Random(5)
    config = ModelConfig(SMALL, "relu")
    model = from_layers(draw_weights(config.sizes, random), config)
    images = draw_images(1, random).reshape(1, 28, 28)
    network = _InDouble(model.double().eval())
    return {
        "sizes": list(config.sizes),
        "seed": 5,
        "degrees": 11,
        "turned": _short(turn(to_pixels(images), 11)[0]),
        "answer": _answer(answer_pictures(cast("Backend", network), images)[0]),
    }


def _answer(said: Answer) -> dict[str, Any]:
    return {
        "label": said.label,
        "probabilities": _short(said.probabilities),
        "score": round(said.score, 9),
        "sure": bool(said.sure),
    }


def make_training() -> dict[str, Any]:
    """Gradients of one batch, and the weights after ten steps of Adam."""
    return {"kept": KEPT, "cases": [_train(name) for name in ACTIVATIONS]}


def _train(activation: str) -> dict[str, Any]:
    random = Random(3)
    config = ModelConfig(SMALL, activation)
    model = from_layers(draw_weights(config.sizes, random), config).double()
    pixels = torch.from_numpy(draw_images(50, random)).double() / 255
    targets = torch.eye(10, dtype=torch.float64)[torch.arange(50) % 10]
    backprop = Backprop(model)
    adam = Adam(backprop.weights, backprop.gradients)
    losses: list[float] = []
    gradients: list[float] = []
    for step in range(10):
        batch = slice(5 * step, 5 * step + 5)
        losses.append(float(backprop.gradients_of(pixels[batch], targets[batch])))
        if step == 0:
            gradients = _short(backprop.gradients[::KEPT])
        adam.step(0.01)
    return {
        "sizes": list(config.sizes),
        "activation": activation,
        "seed": 3,
        "images": 50,
        "batch_size": 5,
        "learning_rate": 0.01,
        "losses": _short(losses),
        "gradients": gradients,  # of the first batch
        "weights": _short(backprop.weights[::KEPT]),  # after the last step
    }


def make_results() -> dict[str, Any]:
    """What came of a run: calibration, confusion, sure mistakes, layer pictures, the limits."""
    random = Random(9)
    config = ModelConfig((40, 12))
    layers = draw_weights(config.sizes, random)
    layers[-1] = (layers[-1][0] * 30, layers[-1][1])  # surer than first weights are
    model = from_layers(layers, config).double().eval()
    images = draw_images(DIGITS, random)
    with torch.inference_mode():
        rows = model(torch.from_numpy(images).double() / 255).numpy()
    labels = rows.argmax(axis=1)
    labels[::6] = [random.integer() % 10 for _ in labels[::6]]
    found = calibrate([(rows, labels)])
    calibration = replace(found, threshold=max(found.threshold or 0.0, HARDLY_SURE))
    network = cast(Backend, _InDouble(model, calibration))
    shown = describe_score(score(network, images.reshape(-1, 28, 28), labels), calibration)
    return {
        "seed": 9,
        "sizes": list(config.sizes),
        "last_layer": 30,
        "labels": labels.tolist(),
        "accuracy": shown.accuracy,
        "confusion": shown.confusion,
        "calibration": asdict(calibration),
        "mistakes": [
            {key: mistake[key] for key in ("label", "said", "probability")}
            for mistake in cast("list[dict[str, Any]]", shown.mistakes)
        ],
        "pictures": weight_pictures(layers[0][0])[::10],
        "epochs": [[*part, count_epochs(*part)] for part in PARTS_OF_RUNS],
        "limits": {
            "GUESSING": GUESSING,
            "HIGH_RATE": HIGH_RATE,
            "FEW_STEPS": FEW_STEPS,
            "SHOWN_MISTAKES": SHOWN_MISTAKES,
            "SHOWN_NODES": SHOWN_NODES,
            "NEVER_SURE": NEVER_SURE,
            "HARDLY_SURE": HARDLY_SURE,
            "TURNED_AWAY": TURNED_AWAY,
        },
    }


def make_grouping() -> dict[str, Any]:
    """Which strokes make one digit, where the digit that is asked is but a number made of the pixels."""
    random = Random(11)
    rows = [_row(random, 2 + number % 6) for number in range(60)]
    touching = Random(5)
    rows += [_touching_row(touching, 2 + number % 4) for number in range(80)]
    made = [strokes for _, strokes in drawings()]
    corners = [(place % 10 / 10, place // 10 / 10) for place in range(MOST_STROKES + 1)]
    ones = [[[x, y], [x, y + 0.08]] for x, y in corners]
    made += [ones[:MOST_STROKES], ones]  # several digits, and one
    return {
        "cases": [
            {"strokes": kept, "groups": _groups(kept)}
            for kept in ([stroke for stroke in strokes if stroke] for strokes in [*made, *rows])
            if len(kept) > 1
        ]
    }


def _row(random: Random, strokes: int) -> Strokes:
    """Short strokes here and there, some of which touch."""
    places = [(random.between(0.1, 0.9), random.between(0.2, 0.8)) for _ in range(strokes)]
    size = random.between(0.1, 0.5)
    return [
        [
            [round(x + size * (point[0] - 0.5), 4), round(y + size * (point[1] - 0.5), 4)]
            for point in _scribble(random, 1, 2 + random.integer() % 3)[0]
        ]
        for x, y in places
    ]


def _touching_row(random: Random, strokes: int) -> Strokes:
    """Strokes side by side, of which each begins where the one before it ends, and reaches into it."""
    width, shared = random.between(0.08, 0.25), random.between(-0.2, 1.0)
    heights = [round(random.between(0.3, 0.7), 4) for _ in range(strokes + 1)]
    row = []
    for place in range(strokes):
        x = 0.1 + width * place
        top = random.between(0.3, 0.35 if place % 2 else 0.5)
        points = [x, x - shared * width, x + 0.6 * width, x + width]
        levels = [heights[place], top, random.between(0.65, 0.7), heights[place + 1]]
        row.append([[round(x, 4), round(y, 4)] for x, y in zip(points, levels, strict=True)])
    return row


def _groups(strokes: Strokes) -> list[list[int]]:
    """The places of each digit's strokes."""
    checked = check_strokes(strokes)
    groups = group_strokes(checked, _judge)
    return [
        [
            next(i for i, one in enumerate(checked) if np.array_equal(one, stroke))
            for stroke in group
        ]
        for group in groups
    ]


def _judge(images: np.ndarray) -> np.ndarray:
    """Any number, so that all kinds of answers occur: four of ten are sure enough to be cut off."""
    part = images.reshape(len(images), -1).astype(np.int64).sum(axis=1) % 997 / 997
    return np.where(part < 0.4, 1 - part / 20, part)


def make_drawing() -> dict[str, Any]:
    """Drawings as links, and what comes back from them."""
    cases = []
    for name, strokes in drawings():
        link = _encode(strokes)
        cases.append({"name": name, "strokes": strokes, "link": link, "decoded": _decode(link)})
    bad = ["", "12345", "123456-", "-123456", "123456--123456", "12345a", "<b>", "1" * 20_004]
    return {"cases": cases[::3], "refused": bad}


def _encode(strokes: Strokes) -> str:
    """Six figures a point, in thousandths of the pad, "-" between strokes."""
    return "-".join("".join(map(_figures, _thin(stroke))) for stroke in strokes if stroke)


def _figures(point: list[float]) -> str:
    # floor(x + 0.5), because JavaScript rounds halves up
    return "".join(f"{min(999, max(0, math.floor(place * 999 + 0.5))):03d}" for place in point)


def _decode(link: str) -> Strokes | None:
    if not re.fullmatch(r"(\d{6})+(-(\d{6})+)*", link):
        return None
    return [
        [
            [round(int(part[:3]) / 999, 4), round(int(part[3:]) / 999, 4)]
            for part in re.findall(r"\d{6}", stroke)
        ]
        for stroke in link.split("-")
    ]


def _thin(points: list[list[float]], tolerance: float = 1 / 300) -> list[list[float]]:
    """The fewest points that keep a stroke within `tolerance` (Douglas and Peucker, 1973)."""
    if len(points) < 3:
        return points
    off = [_distance_to_line(point, points[0], points[-1]) for point in points[1:-1]]
    if max(off) < tolerance:
        return [points[0], points[-1]]
    at = 1 + off.index(max(off))
    return _thin(points[: at + 1], tolerance)[:-1] + _thin(points[at:], tolerance)


def _distance_to_line(point: list[float], start: list[float], end: list[float]) -> float:
    x, y = end[0] - start[0], end[1] - start[1]
    dx, dy = point[0] - start[0], point[1] - start[1]
    square = x * x + y * y
    along = min(1.0, max(0.0, (dx * x + dy * y) / square)) if square else 0.0
    return math.hypot(dx - along * x, dy - along * y)


def _short(values: Any) -> list[float]:
    """Numbers with nine figures: what both sides must agree on, and no more."""
    return [float(f"{value:.9g}") for value in np.asarray(values, dtype=np.float64).ravel()]


def _pack(image: np.ndarray) -> str:
    return base64.b64encode(np.ascontiguousarray(image).tobytes()).decode()


FILES: dict[str, Callable[[], dict[str, Any]]] = {
    "preparation": make_preparation,
    "random": make_random,
    "network": make_network,
    "training": make_training,
    "drawing": make_drawing,
    "results": make_results,
    "grouping": make_grouping,
}


def main() -> None:
    """Write every file anew."""
    for name, make in FILES.items():
        text = json.dumps(make(), separators=(",", ":"))
        # A case a line, so that a change shows which.
        path = FOLDER / f"{name}.json"
        path.write_text(re.sub(r'(?<=[}\]]),(?=\{")', ",\n", text) + "\n", encoding="utf-8")
        print(f"{path.name}: {path.stat().st_size / 1000:.0f} KB")


if __name__ == "__main__":
    main()
