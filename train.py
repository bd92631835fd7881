"""Fit the network from the command line:

    python train.py                       the classic first network, 2 epochs on MNIST
    python train.py --recipe fast         the quickest way to 97 %
    python train.py --epochs 5 --hidden 128,64 --seed 1
    python train.py --recipe sketch       what the page opens with; takes most of an hour

Writes weights/<recipe>.pt and .json, and a picture of four test digits beside them. The training
itself is in digits/training.py, that of `sketch` in digits/sketching.py; export.py turns the
weights into ONNX.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict, replace
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, Any

from digits.process import leave, name_missing, no_garbage

try:
    with no_garbage():
        import numpy as np

        from digits.data.dataset import Digits
        from digits.data.drawings import Drawing
        from digits.data.mnist import DATA_DIR, load_digits
        from digits.data.preparation.strokes import prepare_strokes
        from digits.data.stroke_files import (
            by_source,
            credits_of,
            describe_missing,
            find_stroke_files,
            is_no_digit,
            read_stroke_files,
            writer_numbers,
        )
        from digits.distillation.cleaning import without_doubtful
        from digits.errors import BackendError, DataError, SettingsError, StrokesError, WeightsError
        from digits.evaluation.metrics import calibration_error, share_turned_away
        from digits.evaluation.temperature import Scored, calibrate
        from digits.files import write_atomically
        from digits.network.backends import DEVICES, TorchBackend, choose_device, predict_images
        from digits.network.calibration import calibrated
        from digits.network.checkpoint import WEIGHTS_DIR, save_weights
        from digits.network.config import ACTIVATIONS, ModelConfig
        from digits.network.metadata import Calibration, Card
        from digits.training.recipes import RECIPES, Recipe, check_recipe
except ModuleNotFoundError as error:
    sys.exit(name_missing(error))

if TYPE_CHECKING:
    from digits.network.model import MLP
    from digits.training.loop import EpochReport, Progress

SHOWN_DIGITS = 4  # test digits in the picture at the end
# The last training images: `sketch` learns from the others and is calibrated on these.
HELD_OUT = 5000


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns the exit status. A user's error is one line, not a traceback."""
    options = build_parser().parse_args(arguments)
    try:
        run(options)
    except (DataError, WeightsError, SettingsError, BackendError, StrokesError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    except ModuleNotFoundError as error:
        print(f"error: {name_missing(error)}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nstopped: nothing was saved, earlier weights are as they were", file=sys.stderr)
        return 130
    return 0


def build_parser() -> argparse.ArgumentParser:
    """The flags; those left away take the recipe's own value."""
    parser = argparse.ArgumentParser(description="Fit the digit network and save its weights.")
    parser.add_argument(
        "--recipe", choices=list(RECIPES), default="tutorial", help="a set of defaults"
    )
    parser.add_argument("--epochs", type=int, help="how often every training image is shown")
    parser.add_argument("--batch-size", type=int, help="images a step")
    parser.add_argument("--learning-rate", type=float, help="size of Adam's steps")
    parser.add_argument("--hidden", type=layer_sizes, metavar="64,64,64", help="hidden layer sizes")
    parser.add_argument("--activation", choices=ACTIVATIONS, help="what follows each weighted sum")
    parser.add_argument("--seed", type=int, help="a number that makes the run repeat exactly (CPU)")
    parser.add_argument("--device", choices=("auto", *DEVICES), default="auto")
    # One thread: the products are too small to share out, and where other programs want the cores
    # too, two threads spend their time waiting for each other (benchmarks/training.py, `threads`).
    parser.add_argument(
        "--threads", type=int, default=1, help="CPU threads (default: 1, see above)"
    )
    parser.add_argument("--data", type=Path, metavar="DIR", help="folder with MNIST/raw")
    parser.add_argument(
        "--strokes",
        type=Path,
        nargs="+",
        metavar="FILE",
        help="UNIPEN files that the recipe sketch learns from, letters among them as what is no digit",
    )
    parser.add_argument(
        "--without-writers",
        type=writer_numbers,
        default=frozenset(),
        metavar="3,8,1003-1233/5",
        help="writers in the stroke files not to learn from, but to score the result on; 3-23/5: every fifth",
    )
    parser.add_argument(
        "--keep-images",
        type=Path,
        metavar="DIR",
        help="keep what the recipe sketch makes to learn from, for the next run; empty it when rules change",
    )
    parser.add_argument("--out", type=Path, metavar="FILE", help="default: weights/<recipe>.pt")
    parser.add_argument("--show", action="store_true", help="open the four test digits in a window")
    return parser


def layer_sizes(text: str) -> tuple[int, ...]:
    """ "64,64,64" -> (64, 64, 64)."""
    try:
        return tuple(int(size) for size in text.split(","))
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not like 64,64,64") from None


def chosen_recipe(options: argparse.Namespace) -> Recipe:
    """The recipe's defaults, with what the flags say instead."""
    recipe = RECIPES[options.recipe]
    model = ModelConfig(
        options.hidden or recipe.model.hidden, options.activation or recipe.model.activation
    )
    flags = {name: getattr(options, name) for name in ("epochs", "batch_size", "learning_rate")}
    given = {name: value for name, value in flags.items() if value is not None}
    recipe = replace(recipe, model=model, **given)
    check_recipe(recipe)
    return recipe


def run(options: argparse.Namespace) -> None:
    """Load the digits, fit the network, save the weights and the picture."""
    recipe = chosen_recipe(options)
    out = options.out or WEIGHTS_DIR / f"{recipe.name}.pt"
    check_out(out)
    digits = load_digits(options.data)
    drawings = load_drawings(options) if recipe.name == "sketch" else []
    device = choose_device("torch", options.device)

    with no_garbage():
        import torch

        from digits.network.model import MLP

    torch.set_num_threads(options.threads)
    print(f"data:    {digits.note}")
    print(f"device:  {device}")
    print(f"network: {' -> '.join(map(str, recipe.model.sizes))}, {recipe.model.weights:,} weights")
    model = MLP(recipe.model, options.seed)
    known = [one for one in drawings if one.writer not in options.without_writers]
    unknown = [one for one in drawings if one.writer in options.without_writers]
    known = without_doubtful(known) if known else []
    last = fit(model, digits, recipe, device, options.seed, known, options.keep_images)
    card = make_card(recipe, digits, options.seed, last, known)
    card = replace(card, calibration=calibrate_on(model, digits, unknown or known))
    card = replace(card, figures=card.figures | figures_on_test(model, digits, card.calibration))
    card = replace(card, figures=card.figures | figures_on_strangers(model, unknown, card))
    save_weights(out, model, card)
    print(f"saved:   {out} and {out.with_suffix('.json').name}")
    save_picture(out.with_suffix(".png"), model, digits, options.show)


def check_out(out: Path) -> None:
    """Refuse now what could not be saved after minutes of training."""
    if out.suffix != ".pt":
        raise WeightsError("out_not_pt", name=out.name)


def load_drawings(options: argparse.Namespace) -> list[Drawing]:
    """The drawings in the files that --strokes names, or in those of the folder for data."""
    folder = DATA_DIR / "pen-strokes"
    paths = options.strokes or find_stroke_files(folder)
    drawings = read_stroke_files(paths)
    known = {drawing.writer for drawing in drawings if drawing.label in range(10)}
    names = ", ".join(map(str, paths))
    if known <= options.without_writers:
        raise StrokesError("strokes_no_writer", path=names)
    print(f"strokes: {len(drawings):,} drawings from {names}")
    missing = None if options.strokes else describe_missing(folder)
    if missing:
        print(f"strokes: {missing}")
    return drawings


def fit(
    model: MLP,
    digits: Digits,
    recipe: Recipe,
    device: str,
    seed: int | None,
    drawings: Sequence[Drawing],
    kept: Path | None = None,
) -> EpochReport:
    """Train with a progress bar inside each epoch and a line after it; returns the last report."""
    from tqdm import tqdm

    from digits.training.loop import EpochReport, Progress

    shown = 0
    with tqdm(unit="step", leave=False) as bar:
        for report in start(model, digits, recipe, device, seed, drawings, kept):
            if isinstance(report, Progress):
                bar.total, bar.n = report.steps, report.step
                bar.set_postfix(epoch=report.epoch, loss=f"{report.loss:.3f}", refresh=False)
                bar.refresh()
            elif report.epoch in (0, report.epochs) or report.epoch >= shown + recipe.epochs // 50:
                shown = report.epoch
                tqdm.write(describe(report), file=sys.stdout)
    assert isinstance(report, EpochReport)
    return report


def start(
    model: MLP,
    digits: Digits,
    recipe: Recipe,
    device: str,
    seed: int | None,
    drawings: Sequence[Drawing],
    kept: Path | None = None,
) -> Iterator[Progress | EpochReport]:
    """The training that the recipe asks for."""
    if recipe.name == "sketch":
        from digits.distillation.train import train_sketch

        kept_back = replace(
            digits,
            train_images=digits.train_images[:-HELD_OUT],
            train_labels=digits.train_labels[:-HELD_OUT],
        )
        return train_sketch(
            model,
            kept_back,
            drawings,
            recipe,
            device=device,
            seed=seed or 0,
            report_every=0.5,
            kept=kept,
        )
    from digits.training.loop import train

    return train(model, digits, recipe, device=device, seed=seed, report_every=0.1)


def calibrate_on(model: MLP, digits: Digits, drawings: Sequence[Drawing]) -> Calibration:
    """Temperature and threshold for these weights, from the last training images and drawings."""
    groups = [
        read_all(model, digits.train_images[-HELD_OUT:], digits.train_labels[-HELD_OUT:]),
    ]
    drawings = [one for one in drawings if one.label in range(10)]
    if drawings:
        groups.append(read_all(model, *prepare_drawings(drawings)))
    return calibrate(groups)


def figures_on_test(model: MLP, digits: Digits, calibration: Calibration) -> dict[str, float]:
    """How sure the network is of the test digits, and how rightly."""
    log_probabilities, labels = read_all(model, digits.test_images, digits.test_labels)
    probabilities = calibrated(log_probabilities, calibration)
    return {
        "test_turned_away": round(share_turned_away(probabilities, calibration), 4),
        "test_calibration_error": round(calibration_error(probabilities, labels), 4),
    }


def figures_on_strangers(
    model: MLP, drawings: Sequence[Drawing], card: Card
) -> dict[str, float | int]:
    """How well the network reads writers that it has not learnt from, and what of theirs is no digit."""
    figures: dict[str, float | int] = {}
    strangers = [one for one in drawings if one.label in range(10)]
    letters = [one for one in drawings if is_no_digit(one)]
    if strangers:
        log_probabilities, labels = read_all(model, *prepare_drawings(strangers))
        probabilities = calibrated(log_probabilities, card.calibration)
        accuracy = float((probabilities.argmax(axis=1) == labels).mean())
        away = share_turned_away(probabilities, card.calibration)
        figures["other_writers_accuracy"] = round(accuracy, 4)
        figures["other_writers_turned_away"] = round(away, 4)
        figures["other_writers_drawings"] = len(labels)
        print(f"writers it has not learnt from: accuracy {accuracy:.4f}, not sure {away:.4f}")
    if letters:
        log_probabilities, _ = read_all(model, *prepare_drawings(letters))
        away = share_turned_away(calibrated(log_probabilities, card.calibration), card.calibration)
        figures["other_writers_letters_turned_away"] = round(away, 4)
        print(f"letters by such writers: not sure {away:.4f} of {len(letters):,}")
    return figures


def prepare_drawings(drawings: Sequence[Drawing]) -> tuple[np.ndarray, np.ndarray]:
    """Drawings as images (N, 28, 28) with labels (N,)."""
    images = [prepare_strokes(drawing.strokes).image for drawing in drawings]
    return np.stack(images), np.array([drawing.label for drawing in drawings])


def read_all(model: MLP, images: np.ndarray, labels: np.ndarray) -> Scored:
    """The network's log-probabilities (N, 10) for images, beside their labels."""
    return predict_images(TorchBackend(model, Card()), images), labels


def describe(report: EpochReport) -> str:
    """One line an epoch: "epoch 1/2: test accuracy 0.9498, loss 0.288, 3.14 s"."""
    when = "before" if report.epoch == 0 else f"epoch {report.epoch}/{report.epochs}"
    figures = f"test accuracy {report.test_accuracy:.4f}, loss {report.loss:.3f}"
    return f"{when}: {figures}, {report.seconds:.2f} s"


def make_card(
    recipe: Recipe,
    digits: Digits,
    seed: int | None,
    last: EpochReport,
    drawings: Sequence[Drawing],
) -> Card:
    """What the weights' card records of this run."""
    settings: dict[str, Any] = asdict(recipe)
    del settings["model"]  # the card's config says it
    data: dict[str, Any] = {
        "source": digits.source,
        "train_images": len(digits.train_labels),
        "test_images": len(digits.test_labels),
    }
    if drawings:
        data["train_images"] -= HELD_OUT
        drawn = by_source([one for one in drawings if one.label in range(10)])
        data["drawings"] = {name: len(group) for name, group in drawn.items()}
        data["writers"] = {
            name: len({one.writer for one in group}) for name, group in drawn.items()
        }
        data["letters"] = sum(is_no_digit(one) for one in drawings)
        data["drawings_source"] = credits_of(drawings)
    return Card(
        config=recipe.model,
        recipe={**settings, "seed": seed},
        data=data,
        figures={"test_accuracy": round(last.test_accuracy, 4), "loss": round(last.loss, 4)},
    )


def save_picture(path: Path, model: MLP, digits: Digits, show: bool) -> None:
    """Four test digits with the network's predictions, into a file and, if wanted, a window."""
    from digits.evaluation.picture import predictions_picture
    from digits.training.loop import predictions

    images = digits.test_images[:SHOWN_DIGITS]
    read = predictions(model, images).tolist()
    write_atomically(path, predictions_picture(images, read))
    print(f"picture: {path}")
    if show:
        from digits.evaluation.figures import predictions_figure, show_figure

        show_figure(predictions_figure(images, read))


if __name__ == "__main__":
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(line_buffering=True)  # into a file, too, each epoch as it ends
    leave(main())
