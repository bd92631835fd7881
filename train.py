"""Fit the network from the command line:

    python train.py                       the classic first network, 2 epochs on MNIST
    python train.py --recipe fast         the quickest way to 97 %
    python train.py --epochs 5 --hidden 128,64 --seed 1
    python train.py --recipe sketch       what the page opens with; takes most of an hour

Writes weights/<recipe>.pt and .json, and a picture of four test digits beside them. The steps are in
digits/training/fit_and_save.py, the training itself in digits/training/loop.py; export.py turns weights
into ONNX.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from digits.process import leave, name_missing, no_garbage, run_command

try:
    with no_garbage():
        from digits.data.stroke_files import writer_numbers
        from digits.network.backends import DEVICES
        from digits.network.config import ACTIVATIONS
        from digits.training.recipes import RECIPES
except ModuleNotFoundError as error:
    sys.exit(name_missing(error))

STOPPED = "stopped: nothing was saved but what is named above"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns the exit status. A user's error is one line, not a traceback."""
    flags = build_parser().parse_args(arguments)
    return run_command(lambda: fit(flags), STOPPED)


def build_parser() -> argparse.ArgumentParser:
    """The flags; those left away take the recipe's own value."""
    parser = argparse.ArgumentParser(description="Fit the digit network and save its weights.")
    add = parser.add_argument
    add("--recipe", choices=list(RECIPES), default="tutorial", help="a set of defaults")
    add("--epochs", type=int, help="how often every training image is shown")
    add("--batch-size", type=int, help="images a step")
    add("--learning-rate", type=float, help="size of Adam's steps")
    add("--hidden", type=whole_numbers, metavar="64,64,64", help="hidden layer sizes")
    add("--activation", choices=list(ACTIVATIONS), help="what follows each weighted sum")
    add("--seed", type=int, help="a number that makes the run repeat exactly (on one kind of CPU)")
    add("--device", choices=("auto", *DEVICES), default="auto")
    # One thread: the products are too small to share out, and where other programs want the cores
    # too, two threads spend their time waiting for each other (benchmarks/training.py, `threads`).
    add("--threads", type=int, default=1, help="CPU threads (default: 1, as more gain nothing)")
    add("--data", type=Path, metavar="DIR", help="folder with MNIST/raw")
    add(
        "--strokes",
        type=Path,
        nargs="+",
        metavar="FILE",
        help="UNIPEN files for sketch to learn from",
    )
    add(
        "--without-writers",
        type=writers,
        default=frozenset(),
        metavar="3,8,1003-1233/5",
        help="writers not to learn from, but to score the result on; 3-23/5 is every fifth",
    )
    add(
        "--keep-images",
        type=Path,
        metavar="DIR",
        help="keep what sketch learns from for the next run",
    )
    add(
        "--start", type=Path, metavar="FILE", help="weights for sketch to go on from, on hard cases"
    )
    add("--out", type=Path, metavar="FILE", help="default: weights/<recipe>.pt")
    add("--show", action="store_true", help="open the four test digits in a window")
    return parser


def whole_numbers(text: str) -> tuple[int, ...]:
    """ "64,64,64" -> (64, 64, 64)."""
    try:
        return tuple(int(size) for size in text.split(","))
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not like 64,64,64") from None


def writers(text: str) -> frozenset[int]:
    """ "3,8,1003-1233/5" -> 3, 8 and every fifth from 1003 to 1233."""
    try:
        return writer_numbers(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def fit(flags: argparse.Namespace) -> None:
    """Fit as the flags say; the large packages are loaded only when these are known to be right."""
    with no_garbage():
        import torch

        from digits.training.fit_and_save import fit_and_save, learn_plainly, settings_of

    settings = settings_of(flags)
    torch.set_num_threads(flags.threads)
    if settings.recipe.name == "sketch":
        from digits.distillation.train import learn_from_teacher

        fit_and_save(settings, learn_from_teacher)
    else:
        fit_and_save(settings, learn_plainly)


if __name__ == "__main__":
    leave(main())
