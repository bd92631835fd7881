"""Score weights on digits they have not seen:

    python -m digits.evaluation                                     the sketch weights on MNIST's test set
    python -m digits.evaluation --weights tutorial --strokes FILE   and on drawings in a UNIPEN file
    python -m digits.evaluation --weights weights/sketch.onnx --json

Prints accuracy (in all and per digit), the confusion matrix, the share turned away as "not sure" and
the calibration error; --save-figure draws the confusion matrix and the worst mistakes. Drawings are
prepared as the page does it. Drawings in FILE whose label is no digit (letters) are counted apart: there,
turned away is right.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from digits.atomic_files import check_writable, write_atomically
from digits.data.dataset import Digits
from digits.data.drawings import NOT_A_DIGIT
from digits.data.mnist import load_digits
from digits.data.preparation.strokes import prepare_drawings
from digits.data.unipen import read_unipen
from digits.errors import DataError
from digits.evaluation.metrics import Score, predict, score, share_turned_away, worst_mistakes
from digits.network.backends import BACKENDS, Backend, load_backend
from digits.process import run_command

WORST = 20  # mistakes in the figure
TITLES = {"mnist": "MNIST test", "strokes": "pen strokes"}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns the exit status. A user's error is one line, not a traceback."""
    options = build_parser().parse_args(arguments)
    return run_command(lambda: run(options))


def build_parser() -> argparse.ArgumentParser:
    """The command's flags."""
    parser = argparse.ArgumentParser(
        prog="python -m digits.evaluation", description="Score weights on digits and drawings."
    )
    parser.add_argument(
        "--weights", default="sketch", help="a name in weights/, or a .pt or .onnx file"
    )
    parser.add_argument("--backend", choices=("auto", *BACKENDS), default="auto")
    parser.add_argument("--data", type=Path, metavar="DIR", help="folder with MNIST/raw")
    parser.add_argument("--strokes", type=Path, metavar="FILE", help="UNIPEN file, plain, .gz, .Z")
    parser.add_argument("--json", action="store_true", help="print one JSON object, nothing else")
    parser.add_argument("--save-figure", type=Path, metavar="PNG", help="where to draw a picture")
    return parser


def run(options: argparse.Namespace) -> None:
    """Score the weights on MNIST's test images and on the drawings; print and draw the outcome."""
    if options.save_figure:
        check_writable(options.save_figure)
    backend = load_backend(options.weights, choose_backend_for(options), device="cpu")
    digits = load_digits(options.data)
    scores: dict[str, Score] = {}
    if is_fair(backend, digits):
        scores["mnist"] = score(backend, digits.test_images, digits.test_labels)
    others = None
    if options.strokes:
        images, labels = prepare_drawings(read_unipen(options.strokes))
        is_digit = labels != NOT_A_DIGIT
        if is_digit.any():
            scores["strokes"] = score(backend, images[is_digit], labels[is_digit])
        if not is_digit.all():
            others = predict(backend, images[~is_digit])
    outcome = summarise(backend, scores, others)
    outcome["data"] = digits.note
    print(json.dumps(outcome) if options.json else describe(outcome, scores))
    if options.save_figure:
        save_figure(options.save_figure, scores)


def choose_backend_for(options: argparse.Namespace) -> str:
    """The backend asked for; else the one that the file's ending means."""
    endings = {".pt": "torch", ".onnx": "onnx"}
    asked: str = options.backend
    return endings.get(Path(options.weights).suffix, "auto") if asked == "auto" else asked


def is_fair(backend: Backend, digits: Digits) -> bool:
    """Whether these test digits were not among those that the network was trained on.

    The 5,000 that serve without a network are from MNIST's training part.
    """
    return digits.source != "bundled" or backend.card.data.get("source") == "bundled"


def summarise(
    backend: Backend, scores: dict[str, Score], others: NDArray[np.float32] | None
) -> dict[str, Any]:
    """The outcome as plain values, for --json.

    `rejected` is the share turned away of everything in the stroke file, or of MNIST without one.
    """
    calibration = backend.card.calibration
    outcome: dict[str, Any] = {"weights": backend.weights, "backend": backend.name}
    for name in ("mnist", "strokes"):
        found = scores.get(name)
        outcome[f"{name}_accuracy"] = found and round(found.accuracy, 5)
        outcome[f"{name}_count"] = len(found.labels) if found else 0
        outcome[f"{name}_rejected"] = found and round(found.turned_away, 5)
        outcome[f"{name}_calibration_error"] = found and round(found.calibration_error, 5)
        outcome[f"{name}_accuracy_per_digit"] = found and [
            round(share, 5) for share in found.accuracy_per_digit
        ]
        outcome[f"{name}_confusion"] = found and found.confusion.tolist()
    outcome["others_count"] = 0 if others is None else len(others)
    outcome["others_rejected"] = (
        None if others is None else round(share_turned_away(others, calibration), 5)
    )
    drawn = [scores["strokes"].probabilities] if "strokes" in scores else []
    drawn += [others] if others is not None else []
    drawn = drawn or [found.probabilities for found in scores.values()]
    outcome["rejected"] = (
        round(share_turned_away(np.concatenate(drawn), calibration), 5) if drawn else None
    )
    return outcome


def describe(outcome: dict[str, Any], scores: dict[str, Score]) -> str:
    """The outcome as a table for people."""
    lines = [f"weights {outcome['weights']} on {outcome['backend']}; {outcome['data']}", ""]
    if "mnist" not in scores:
        lines += [
            "MNIST: not scored. The digits at hand are from its training part, which these weights",
            "have seen; give the folder with the test part: --data DIR",
            "",
        ]
    if scores:
        lines.append(f"{'':24}" + "".join(f"{TITLES[name]:>14}" for name in scores))
        rows = {
            "images": [f"{len(found.labels):,}" for found in scores.values()],
            "accuracy": [f"{found.accuracy:.2%}" for found in scores.values()],
            "turned away (not sure)": [f"{found.turned_away:.2%}" for found in scores.values()],
            "calibration error": [f"{found.calibration_error:.2%}" for found in scores.values()],
        }
        for digit in range(10):
            rows[f"accuracy of {digit}"] = [
                f"{found.accuracy_per_digit[digit]:.2%}" for found in scores.values()
            ]
        lines += [f"{name:24}" + "".join(f"{v:>14}" for v in row) for name, row in rows.items()]
    for name, found in scores.items():
        lines += ["", f"{TITLES[name]}: rows are what was drawn, columns what was read"]
        lines.append("     " + "".join(f"{digit:>6}" for digit in range(10)))
        lines += [
            f"{digit:>5}" + "".join(f"{count or '.':>6}" for count in row)
            for digit, row in enumerate(found.confusion.tolist())
        ]
    if outcome["others_count"]:
        share = f"{outcome['others_rejected']:.2%}"
        lines += ["", f"not digits: {outcome['others_count']:,}, of which turned away: {share}"]
    return "\n".join(lines)


def save_figure(path: Path, scores: dict[str, Score]) -> None:
    """Draw the confusion matrices and the worst mistakes into a PNG file."""
    from digits.evaluation.figures import evaluation_figure, png_bytes

    if not scores:
        raise DataError("nothing_scored")
    parts = {
        TITLES[name]: (found.confusion, *title_mistakes(found)) for name, found in scores.items()
    }
    write_atomically(path, png_bytes(evaluation_figure(parts)))


def title_mistakes(found: Score, count: int = WORST) -> tuple[NDArray[np.uint8], list[str]]:
    """Images (up to `count`, 28, 28) read wrong, the surest first, each with "4 read as 9, 87 %"."""
    worst = worst_mistakes(found.probabilities, found.labels, count)
    rows = [(found.labels[i], found.probabilities[i]) for i in worst]
    titles = [f"{label} read as {row.argmax()}, {say_percent(row.max())}" for label, row in rows]
    return found.images[worst], titles


def say_percent(probability: float) -> str:
    """A probability in percent, never rounded up to 100 %."""
    return "over 99 %" if probability > 0.99 else f"{100 * probability:.0f} %"


if __name__ == "__main__":
    sys.exit(main())
